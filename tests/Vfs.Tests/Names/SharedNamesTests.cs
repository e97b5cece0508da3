using System.Collections.Concurrent;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Names;

/// <summary>Many tasks in the same directories: whoever changes a name sees the change at once, whatever the others look for meanwhile.</summary>
public sealed class SharedNamesTests
{
    private const int Workers = 4;
    private const int Steps = 4000;
    private const int NamesEach = 3;

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public void Name_ChangedByItsOwner_IsSeenByHimAtOnce(int names)
    {
        Fixture files = new(names);
        MemoryDisk disk = new(kibibytes: 2048);
        files.MountMinix("/m", disk, "version=3");
        files.MakeDirectory("/m/0");
        files.MakeDirectory("/m/1");
        Assert.Equal(Errno.Success, files.Vfs.StatFileSystem(files.Root, "/m"u8, out FileSystemStatistics empty));
        ConcurrentQueue<string> faults = new();
        Thread[] workers = [.. Enumerable.Range(0, Workers).Select(number => new Thread(() => Work(files, number, faults)))];
        Array.ForEach(workers, static worker => worker.Start());
        Array.ForEach(workers, static worker => worker.Join());
        Assert.Empty(faults);

        Assert.Equal(Errno.Success, files.Vfs.StatFileSystem(files.Root, "/m"u8, out FileSystemStatistics emptied));
        Assert.Equal(empty.FreeInodes, emptied.FreeInodes);
        Assert.Equal(Errno.Success, files.Vfs.Unmount(files.Root, "/m"u8));
        HostTool.AssertClean(disk.Content, "afterwards");
    }

    /// <summary>Makes, moves and removes names that are its own, and looks for those of all.</summary>
    private static void Work(Fixture files, int number, ConcurrentQueue<string> faults)
    {
        Random random = new(number);
        int[] sizes = new int[NamesEach]; // 0 for none
        int[] places = new int[NamesEach];
        for (int step = 0; step < Steps && faults.IsEmpty; step++)
        {
            int own = random.Next(NamesEach);
            Errno error = Change(files, number, own, random, ref sizes[own], ref places[own]);
            if (error != Errno.Success)
            {
                faults.Enqueue($"worker {number}, step {step}: {error}");
            }

            for (int place = 0; place < 2; place++)
            {
                error = files.Vfs.Stat(files.Root, Path(number, own, place), follows: true, out FileStat stat);
                bool isThere = sizes[own] > 0 && places[own] == place;
                if (isThere ? error != Errno.Success || stat.Size != sizes[own] : error != Errno.ENOENT)
                {
                    faults.Enqueue($"worker {number}, step {step}: {own} in {place} is {error} {stat.Size}; it should be {isThere} {sizes[own]}");
                }

                _ = files.Vfs.Stat(files.Root, Path(random.Next(Workers), random.Next(NamesEach), place), follows: true, out _);
            }
        }

        for (int own = 0; own < NamesEach; own++)
        {
            _ = files.Vfs.Unlink(files.Root, Path(number, own, places[own]));
        }
    }

    private static Errno Change(Fixture files, int number, int own, Random random, ref int size, ref int place)
    {
        if (size == 0)
        {
            place = random.Next(2);
            size = random.Next(1, 2000);
            Errno error = files.Vfs.TryOpen(
                files.Root, Path(number, own, place), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, InodeMode.DefaultFile, out OpenFile? file);
            IoResult written = file?.Write(new byte[size]) ?? error;
            file?.Release();
            return written.Error;
        }

        if (random.Next(2) == 0)
        {
            size = 0;
            return files.Vfs.Unlink(files.Root, Path(number, own, place));
        }

        place = 1 - place;
        return files.Vfs.Rename(files.Root, Path(number, own, 1 - place), Path(number, own, place));
    }

    private static byte[] Path(int worker, int name, int place) => Fixture.Bytes($"/m/{place}/{worker}-{name}");
}
