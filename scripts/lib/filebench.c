/* filebench: the same tests, with the same system calls, as the kernel's program of that name (src/UserApps/Programs/FileBench.cs). */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FILE_SIZE = 64 << 20, PIECE = 64 << 10, PAGE = 4096, WARM = 8 << 20, READS = 50000, DIRECTORIES = 100, EACH = 100, SMALL = 100 };

static char data[PIECE];
static struct timespec start;
static long files, bytes;

static void need(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static void writes(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    need(fd >= 0, path);
    for (long at = 0; at < FILE_SIZE; at += PIECE)
        need(pwrite(fd, data, PIECE, at) == PIECE, "write");
    need(fsync(fd) == 0 && close(fd) == 0, "fsync");
}

static void reads(const char *path)
{
    int fd = open(path, O_RDONLY);
    need(fd >= 0, path);
    long count, at = 0;
    while ((count = pread(fd, data, PIECE, at)) > 0)
        at += count;
    need(count == 0 && at == FILE_SIZE && close(fd) == 0, "read");
}

static void preads(const char *path)
{
    int fd = open(path, O_RDONLY);
    need(fd >= 0, path);
    for (long at = 0; at < WARM; at += PAGE)
        need(pread(fd, data, PAGE, at) == PAGE, "pread");
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < READS; i++)
        need(pread(fd, data, PAGE, (long)(rand() % (WARM / PAGE)) * PAGE) == PAGE, "pread");
    close(fd);
}

static void create(const char *tree)
{
    char path[512];
    need(mkdir(tree, 0755) == 0, tree);
    for (int d = 0; d < DIRECTORIES; d++) {
        snprintf(path, sizeof path, "%s/%d", tree, d);
        need(mkdir(path, 0755) == 0, path);
        for (int f = 0; f < EACH; f++) {
            snprintf(path, sizeof path, "%s/%d/%d", tree, d, f);
            int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
            need(fd >= 0 && pwrite(fd, data, SMALL, 0) == SMALL && close(fd) == 0, path);
        }
    }
    sync();
}

static int visit(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)path;
    (void)at;
    if (type == FTW_F) {
        files++;
        bytes += status->st_size;
    }
    return 0;
}

static int drop(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

static void find(const char *tree)
{
    need(nftw(tree, visit, 16, FTW_PHYS) == 0 && files == DIRECTORIES * EACH && bytes == files * SMALL, "find");
}

static void removes(const char *tree)
{
    need(nftw(tree, drop, 16, FTW_PHYS | FTW_DEPTH) == 0, "remove");
    sync();
}

static void through_pipe(void)
{
    int ends[2];
    need(pipe(ends) == 0, "pipe");
    pid_t child = fork();
    need(child >= 0, "fork");
    if (child == 0) {
        for (int i = 0; i < FILE_SIZE / PAGE; i++)
            need(write(ends[1], data, PAGE) == PAGE, "write");
        _exit(0);
    }
    for (long left = FILE_SIZE; left > 0;) {
        long count = read(ends[0], data, PAGE);
        need(count > 0, "read");
        left -= count;
    }
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    char file[256], tree[256];
    double amount = FILE_SIZE >> 20;
    const char *unit = "MiB/s";
    struct timespec end;
    if (argc != 3)
        return 2;
    for (int i = 0; i < PIECE; i++)
        data[i] = (char)rand();
    snprintf(file, sizeof file, "%s/filebench.data", argv[2]);
    snprintf(tree, sizeof tree, "%s/filebench.tree", argv[2]);
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (!strcmp(argv[1], "write")) writes(file);
    else if (!strcmp(argv[1], "read")) reads(file);
    else if (!strcmp(argv[1], "pipe")) through_pipe();
    else if (!strcmp(argv[1], "pread")) preads(file), amount = READS, unit = "1/s";
    else {
        amount = DIRECTORIES * EACH, unit = "1/s";
        if (!strcmp(argv[1], "create")) create(tree);
        else if (!strcmp(argv[1], "find")) find(tree);
        else if (!strcmp(argv[1], "remove")) removes(tree);
        else return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%s %.1f %s\n", argv[1], amount / (end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9), unit);
    return 0;
}
