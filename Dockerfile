# Footnote's Discord bot: CPU only, an ordinary user, one volume.
FROM python:3.12-slim

# Recognition of scans is optional; leave the line out to save 120 MB.
RUN apt-get update && apt-get install -y --no-install-recommends tesseract-ocr \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY knowledge knowledge
COPY bot bot
# PyTorch's own index has the build without CUDA; torch is used once, to export the model.
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
    -c constraints.txt .

RUN useradd --create-home --uid 10001 footnote \
    && install -d -o footnote -g footnote -m 700 /data
USER footnote
ENV FOOTNOTE_HOME=/data PYTHONUNBUFFERED=1
VOLUME /data

# The bot stops within ten seconds of SIGTERM, Docker's own default.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s CMD ["footnote-bot", "--health"]
CMD ["footnote-bot"]
