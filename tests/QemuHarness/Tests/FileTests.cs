namespace KernelSockets.QemuHarness.Tests;

/// <summary>Files as programs and users meet them on the booted kernel.</summary>
public sealed class FileTests(PlainGuest shared) : SharedGuestTests<PlainGuest>(shared)
{
    [Fact]
    public async Task FileTour_PrintsWhatItPrintsOnLinux()
    {
        ShellResult taken = await Shell.RunAsync("filetour /tmp");
        Assert.Equal(("filetour: /tmp: File exists", 1), (taken.Output.Trim(), taken.Status));
        ShellResult result = (await Shell.RunAsync("filetour /tmp/tour")).Succeeded();
        Assert.Equal(await ExpectedTourAsync(), result.Lines);
    }

    [Fact]
    public async Task FileTour_OnADisk_PrintsTheSame_ButForFractionsOfASecond()
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(FileTests), new QemuOptions { Disk = disk.Path });
        ShellResult result = (await guest.Shell.RunAsync("filetour /home/tour")).Succeeded();
        Assert.Equal((await ExpectedTourAsync()).Select(static line => line.Replace(".7890000Z", ".0000000Z", StringComparison.Ordinal)), result.Lines);
    }

    [Fact]
    public async Task Tmpfs_IsMountedAndUnmounted()
    {
        await Shell.RunAsync("mkdir /tmp/m");
        (await Shell.RunAsync("mount -t tmpfs none /tmp/m")).Succeeded();
        (await Shell.RunAsync("touch -d '2001-02-03 04:05:06' /tmp/m/f")).Succeeded();
        Assert.Equal("2001-02-03 04:05:06.000000000 +0000 644 0", (await Shell.RunAsync("stat -c '%y %a %s' /tmp/m/f")).Succeeded().Output.Trim());
        (await Shell.RunAsync("umount /tmp/m")).Succeeded();
        ShellResult again = await Shell.RunAsync("umount /tmp/m");
        Assert.Equal((32, "umount: /tmp/m: not mounted."), (again.Status, again.Output.Trim()));
        Assert.Equal(1, (await Shell.RunAsync("stat /tmp/m/f")).Status);
        (await Shell.RunAsync("rmdir /tmp/m")).Succeeded();
    }

    [Fact]
    public async Task Umask_IsAskedForAndKept()
    {
        // A change without "a" leaves out what the umask does; where nothing tells the umask, chmod sets it to 0 and back.
        (await Shell.RunAsync("touch /tmp/masked && chmod 444 /tmp/masked && chmod +w /tmp/masked && touch /tmp/second")).Succeeded();
        Assert.Equal(["644", "644"], (await Shell.RunAsync("stat -c %a /tmp/masked /tmp/second")).Succeeded().Lines);
        (await Shell.RunAsync("rm /tmp/masked /tmp/second")).Succeeded();
    }

    private static async Task<string[]> ExpectedTourAsync() =>
        await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Transcripts", "filetour.txt"), TestContext.Current.CancellationToken);
}
