using KernelSockets.Simulation;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>What the block cache asks of the device, and what it does when that fails.</summary>
public sealed class CacheTests
{
    private const int CacheBytes = 256 << 10;
    private const int SectorsPerTransfer = (128 << 10) / BlockDevice.SectorSize;

    private readonly Fixture _files = new();
    private readonly FaultyDisk _disk = new(new byte[8 << 20]);

    public CacheTests()
    {
        _files.Vfs.BlockCacheBytes = CacheBytes;
        Assert.Equal(Errno.Success, _files.Vfs.FileSystems.Find(FileSystemType.Minix)!.MakeFileSystem(_disk, "version=3"));
        _files.MakeDirectory("/m");
        _files.Mount("/m", _disk);
    }

    [Fact]
    public void WritingInOrder_MergesBlocks_IntoAscendingRequests()
    {
        OpenFile file = _files.Open("/m/f", OpenFlags.ReadWrite | OpenFlags.Create);
        byte[] data = new byte[4 << 20];
        new Random(3).NextBytes(data);
        _disk.Writes.Clear();
        for (int at = 0; at < data.Length; at += 4096)
        {
            Assert.Equal(IoResult.Ok(4096), file.WriteAt(data.AsSpan(at, 4096), at));
        }

        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        Assert.InRange(_disk.Writes.Count, 30, 90);
        Assert.InRange(_disk.Writes.Max(write => write.Count), SectorsPerTransfer / 2, SectorsPerTransfer);
        byte[] read = new byte[data.Length];
        Assert.Equal(IoResult.Ok(data.Length), file.ReadAt(read, 0));
        Assert.True(read.AsSpan().SequenceEqual(data));
    }

    [Fact]
    public void ReadingInOrder_ReadsAhead_AndOutOfOrder_DoesNot()
    {
        OpenFile file = WriteFile("/m/f", 3 << 20);
        Remount(file);
        file = _files.Open("/m/f");
        byte[] block = new byte[1024];
        _disk.Reads.Clear();
        for (int at = 0; at < 3 << 20; at += block.Length)
        {
            Assert.Equal(IoResult.Ok(block.Length), file.ReadAt(block, at));
        }

        Assert.InRange(_disk.Reads.Count, 24, 60);
        _disk.Reads.Clear();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(IoResult.Ok(block.Length), file.ReadAt(block, (2 << 20) - (i * 64 * 1024L)));
        }

        Assert.All(_disk.Reads, read => Assert.Equal(2, read.Count));
    }

    [Fact]
    public void BadSector_AheadOfTheReader_IsItsErrorOnlyWhenItComesThere()
    {
        OpenFile file = WriteFile("/m/f", 256 << 10);
        Remount(file);
        file = _files.Open("/m/f");
        byte[] block = new byte[1024];
        Assert.Equal(IoResult.Ok(1024), file.ReadAt(block, 0));
        long bad = _disk.Reads[^1].First + 8;
        Remount(file);
        file = _files.Open("/m/f");
        _disk.Unreadable.Add(bad);
        int failures = 0;
        for (int at = 0; at < 256 << 10; at += 1024)
        {
            IoResult result = file.ReadAt(block, at);
            Assert.True(result.IsSuccess || result.Error == Errno.EIO);
            failures += result.IsSuccess ? 0 : 1;
        }

        Assert.Equal(1, failures);
        file.Release();
    }

    [Fact]
    public void BlockThatCannotBeWritten_IsToldBySync_StaysAndIsWrittenLater()
    {
        OpenFile file = WriteFile("/m/bad", 8 << 10);
        byte[] data = new byte[8 << 10];
        data.AsSpan().Fill(0x55);
        _disk.Writes.Clear();
        Assert.Equal(IoResult.Ok(data.Length), file.WriteAt(data, 0));
        Assert.Equal(Errno.Success, file.Operations.Sync(file, isDataOnly: false));
        long bad = _disk.Writes.First(write => write.Count >= 14).First;
        data.AsSpan().Fill(0x66);
        Assert.Equal(IoResult.Ok(data.Length), file.WriteAt(data, 0));
        _disk.Unwritable.Add(bad);
        Assert.Equal(Errno.EIO, file.Operations.Sync(file, isDataOnly: false));

        // Far more than the cache holds goes through beside it.
        OpenFile other = WriteFile("/m/other", 2 << 20, sync: false);
        Assert.Equal(IoResult.Ok(1024), other.ReadAt(new byte[1024], 1 << 20));
        byte[] read = new byte[data.Length];
        Assert.Equal(IoResult.Ok(data.Length), file.ReadAt(read, 0));
        Assert.True(read.AsSpan().SequenceEqual(data), "the block was dropped");

        _files.Clock.Passed += TimeSpan.FromSeconds(30);
        Assert.Equal(Errno.EIO, _files.Vfs.WriteBackOld(TimeSpan.FromSeconds(5)));
        _disk.Unwritable.Clear();
        Assert.Equal(Errno.Success, _files.Vfs.WriteBackOld(TimeSpan.FromSeconds(5)));
        Assert.Equal(Errno.EIO, file.Operations.Sync(file, isDataOnly: false));
        Assert.Equal(Errno.Success, file.Operations.Sync(file, isDataOnly: false));
        Assert.Equal(0x66, _disk.Content[(int)bad * BlockDevice.SectorSize]);
        file.Release();
        other.Release();
        Unmount();
        HostTool.AssertClean(_disk.Content, "after a bad sector");
    }

    [Fact]
    public void DiskThatTakesNothing_EndsWritingWithEIO_AndNotReading()
    {
        OpenFile good = WriteFile("/m/good", 64 << 10);
        OpenFile file = _files.Open("/m/f", OpenFlags.ReadWrite | OpenFlags.Create);
        for (long sector = 0; sector < _disk.SectorCount; sector++)
        {
            _disk.Unwritable.Add(sector);
        }

        byte[] data = new byte[16 << 10];
        IoResult result = default;
        for (int at = 0; at < 4 << 20 && result.IsSuccess; at += data.Length)
        {
            result = file.WriteAt(data, at);
        }

        Assert.Equal(Errno.EIO, result.Error);
        Assert.Equal(IoResult.Ok(data.Length), good.ReadAt(data, 0));
        Assert.Equal(Errno.EIO, _files.Vfs.MakeDirectory(_files.Root, "/m/d"u8, InodeMode.DefaultDirectory));
        _disk.Unwritable.Clear();
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        _files.MakeDirectory("/m/d");
        file.Release();
        good.Release();
        Unmount();
        HostTool.AssertClean(_disk.Content, "after a time without writes");
    }

    [Fact]
    public void RefusedFlush_IsToldOnce_EvenWhenTheNextSucceeds()
    {
        _files.Write("/m/f", "x");
        _files.Clock.Passed += TimeSpan.FromSeconds(6);
        _disk.RefusesFlush = true;
        Assert.Equal(Errno.EIO, _files.Vfs.WriteBackOld(TimeSpan.FromSeconds(5)));
        _disk.RefusesFlush = false;
        Assert.Equal(Errno.EIO, _files.Vfs.Synchronize());
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
    }

    [Fact]
    public void Changes_AreWrittenWhenTheyAreOld()
    {
        _files.Write("/m/f", "x");
        _disk.Writes.Clear();
        _files.Clock.Passed += TimeSpan.FromSeconds(4);
        Assert.Equal(Errno.Success, _files.Vfs.WriteBackOld(TimeSpan.FromSeconds(5)));
        Assert.Empty(_disk.Writes);
        _files.Clock.Passed += TimeSpan.FromSeconds(1);
        Assert.Equal(Errno.Success, _files.Vfs.WriteBackOld(TimeSpan.FromSeconds(5)));
        Assert.NotEmpty(_disk.Writes);
        _disk.Writes.Clear();
        _files.Clock.Passed += TimeSpan.FromSeconds(60);
        Assert.Equal(Errno.Success, _files.Vfs.WriteBackOld(TimeSpan.FromSeconds(5)));
        Assert.Empty(_disk.Writes);
    }

    [Fact]
    public void WarmCache_AllocatesNothing()
    {
        _files.MountMinix("/n", new MemoryDisk(kibibytes: 4096), "version=3");
        OpenFile file = WriteFile("/n/f", 2 << 20);
        byte[] data = new byte[64 << 10];
        Pass(file, data);
        Pass(file, data);

        // Thousands of blocks: one object for each would be far above the noise.
        AllocationMeter meter = AllocationMeter.Start();
        Pass(file, data);
        Assert.True(meter.IsQuiet);
        file.Release();
    }

    /// <summary>Reads and writes more than the cache holds.</summary>
    private static void Pass(OpenFile file, byte[] data)
    {
        for (int at = 0; at < 2 << 20; at += data.Length)
        {
            Assert.True(file.ReadAt(data, at).IsSuccess);
            Assert.True(file.WriteAt(data, at).IsSuccess);
            Assert.True(file.ReadAt(data.AsSpan(0, 4096), at * 7L % (1 << 20)).IsSuccess);
        }

        Assert.Equal(Errno.Success, file.Operations.Sync(file, isDataOnly: false));
    }

    private OpenFile WriteFile(string path, int size, bool sync = true)
    {
        OpenFile file = _files.Open(path, OpenFlags.ReadWrite | OpenFlags.Create);
        byte[] data = new byte[16 << 10];
        for (int at = 0; at < size; at += data.Length)
        {
            int count = Math.Min(data.Length, size - at);
            Assert.Equal(IoResult.Ok(count), file.WriteAt(data.AsSpan(0, count), at));
        }

        if (sync)
        {
            Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        }

        return file;
    }

    /// <summary>Empties the cache.</summary>
    private void Remount(OpenFile open)
    {
        open.Release();
        Unmount();
        _files.Mount("/m", _disk);
    }

    private void Unmount() => Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
}
