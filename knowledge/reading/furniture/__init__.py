"""What stands on a page beside the document: one module a kind, each told by structure alone.

A finder takes blocks and gives the indexes that are furniture, with the reason. None looks
for a heading or word of a particular site; where words help, they are those of languages
(units of time) or names that are the same everywhere (social networks).
"""

from __future__ import annotations
