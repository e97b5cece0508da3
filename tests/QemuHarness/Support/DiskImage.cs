namespace KernelSockets.QemuHarness.Support;

/// <summary>A disk for one test: a file that is gone with it.</summary>
internal sealed class DiskImage : IDisposable
{
    private const int SectorSize = 512;
    private const int SuperBlockOffset = 1024;

    private DiskImage(byte[] content)
    {
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    /// <summary>A disk that is the root file system of ./build.</summary>
    public static DiskImage OfRoot() => new(File.ReadAllBytes(ProjectFiles.RootImage));

    /// <summary>The same with numbers in its super block that contradict each other: V3's count of inodes is 0.</summary>
    public static DiskImage OfDamagedRoot()
    {
        byte[] content = File.ReadAllBytes(ProjectFiles.RootImage);
        content.AsSpan(SuperBlockOffset, sizeof(uint)).Clear();
        return new DiskImage(content);
    }

    /// <summary>A disk with nothing on it.</summary>
    public static DiskImage Blank(int bytes) => new(new byte[bytes]);

    /// <summary>A disk with a partition table whose second entry is the root file system.</summary>
    /// <param name="start">Its first sector.</param>
    public static DiskImage WithPartition(int start)
    {
        byte[] root = File.ReadAllBytes(ProjectFiles.RootImage);
        byte[] content = new byte[(start * SectorSize) + root.Length];
        root.CopyTo(content, start * SectorSize);
        Span<byte> entry = content.AsSpan(446 + 16, 16);
        entry[4] = 0x81;
        BitConverter.TryWriteBytes(entry[8..], start);
        BitConverter.TryWriteBytes(entry[12..], root.Length / SectorSize);
        content[510] = 0x55;
        content[511] = 0xAA;
        return new DiskImage(content);
    }

    /// <summary>The names in a directory of its file system, one a line, as the disk has them now.</summary>
    public async Task<string> ListAsync(string directory) => await HostProgram.SucceedAsync(ProjectFiles.MkMinix, "ls", Path, directory);

    /// <summary>Fails the test unless the host's fsck.minix finds nothing wrong.</summary>
    public async Task CheckAsync()
    {
        string output = await HostProgram.SucceedAsync("fsck.minix", "-f", "-l", Path);
        Assert.DoesNotContain("not used", output, StringComparison.Ordinal);
        Assert.DoesNotContain("marked", output, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(Path);
}
