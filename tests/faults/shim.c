/* Makes one write, fsync or rename below a folder fail: the fault tests preload it.

   SHIM_FOLDER  only calls on files below it count
   SHIM_FAIL    the number of the call that fails, counted from 1; 0 counts only
   SHIM_ERROR   errno to fail with: 28 no space left, 5 input/output error

   `shim_calls` gives the number of calls seen so far. The variables are read at each call,
   so that a forked child can set its own. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long calls;

static const char *folder(void) { return getenv("SHIM_FOLDER"); }

static int below(const char *path) {
    const char *root = folder();
    return root && path && strncmp(path, root, strlen(root)) == 0;
}

static int of_descriptor(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below(path);
}

static int must_fail(void) {
    long now = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    const char *wanted = getenv("SHIM_FAIL");
    if (!wanted || atol(wanted) != now) return 0;
    const char *error = getenv("SHIM_ERROR");
    errno = error ? atoi(error) : EIO;
    return 1;
}

long shim_calls(void) { return __atomic_load_n(&calls, __ATOMIC_SEQ_CST); }

#define NEXT(name) static __typeof__(&name) next; if (!next) next = dlsym(RTLD_NEXT, #name)

ssize_t write(int d, const void *b, size_t n) {
    NEXT(write);
    return of_descriptor(d) && must_fail() ? -1 : next(d, b, n);
}
ssize_t pwrite(int d, const void *b, size_t n, off_t o) {
    NEXT(pwrite);
    return of_descriptor(d) && must_fail() ? -1 : next(d, b, n, o);
}
ssize_t pwrite64(int d, const void *b, size_t n, off64_t o) {
    NEXT(pwrite64);
    return of_descriptor(d) && must_fail() ? -1 : next(d, b, n, o);
}
ssize_t writev(int d, const struct iovec *v, int n) {
    NEXT(writev);
    return of_descriptor(d) && must_fail() ? -1 : next(d, v, n);
}
int fsync(int d) {
    NEXT(fsync);
    return of_descriptor(d) && must_fail() ? -1 : next(d);
}
int fdatasync(int d) {
    NEXT(fdatasync);
    return of_descriptor(d) && must_fail() ? -1 : next(d);
}
int rename(const char *a, const char *b) {
    NEXT(rename);
    return below(b) && must_fail() ? -1 : next(a, b);
}
int renameat(int x, const char *a, int y, const char *b) {
    NEXT(renameat);
    return below(b) && must_fail() ? -1 : next(x, a, y, b);
}
int ftruncate(int d, off_t n) {
    NEXT(ftruncate);
    return of_descriptor(d) && must_fail() ? -1 : next(d, n);
}
