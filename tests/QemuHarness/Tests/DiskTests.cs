namespace KernelSockets.QemuHarness.Tests;

/// <summary>Disks on QEMU's PIIX3: the root on them, what outlives the machine, and what happens when they fail.</summary>
public sealed class DiskTests
{
    [Fact]
    public async Task Disk_WithAFileSystem_IsTheRootAndANode()
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using QemuGuest guest = await BootAsync(disk);
        string log = (await guest.Shell.RunAsync("dmesg")).Succeeded().Output;
        Assert.Matches(@"ata0: QEMU HARDDISK, 8192 sectors, DMA", log);
        Assert.Contains("root: minix on ata0", log, StringComparison.Ordinal);
        Assert.Contains("<title>KernelSockets</title>", (await guest.Shell.RunAsync("cat /var/www/index.html")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("4d5a", (await guest.Shell.RunAsync("hexdump -s 1048 -n 2 /dev/ata0")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Matches(@"IDE interface.*\n\s+Kernel driver in use: ata", (await guest.Shell.RunAsync("lspci -k")).Succeeded().Output.Replace("\r", string.Empty, StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_WrittenAndSynced_OutlivesAKilledMachine()
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using (QemuGuest guest = await BootAsync(disk))
        {
            _ = (await guest.Shell.RunAsync("cp /var/www/index.html /home/kept")).Succeeded();
            _ = (await guest.Shell.RunAsync("sync")).Succeeded();
        }

        await using QemuGuest second = await BootAsync(disk);
        Assert.Contains("<title>KernelSockets</title>", (await second.Shell.RunAsync("cat /home/kept")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_Written_IsOnTheDiskAfterAWhileByItself()
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using (QemuGuest guest = await BootAsync(disk))
        {
            _ = (await guest.Shell.RunAsync("cp /var/www/index.html /home/kept")).Succeeded();
            await Eventually.TrueAsync(
                async () => (await disk.ListAsync("/home")).Contains("kept", StringComparison.Ordinal), "the file is on the disk", Limits.Command);
        }

        await using QemuGuest second = await BootAsync(disk);
        Assert.Contains("<title>KernelSockets</title>", (await second.Shell.RunAsync("cat /home/kept")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("poweroff")]
    [InlineData("poweroff 0")]
    [InlineData("reboot")]
    public async Task File_Written_OutlivesAnOrderlyEnd(string command)
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using (QemuGuest guest = await BootAsync(disk))
        {
            _ = (await guest.Shell.RunAsync("mkdir /home/a")).Succeeded();
            await guest.Console.SendAsync($"cp /var/www/index.html /home/a/kept\r{command}\r");
            _ = await guest.WaitForExitAsync(Limits.Command);
        }

        await disk.CheckAsync();
        Assert.Contains("kept", await disk.ListAsync("/home/a"), StringComparison.Ordinal);
        await using QemuGuest second = await BootAsync(disk);
        Assert.Contains("<title>KernelSockets</title>", (await second.Shell.RunAsync("cat /home/a/kept")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Iso_WithoutADisk_HasItsRootInMemory(bool isUefi)
    {
        Requirement.Need(!isUefi || File.Exists(QemuOptions.UefiFirmware), $"{QemuOptions.UefiFirmware} (package ovmf) is missing");
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(DiskTests), new QemuOptions { Medium = isUefi ? BootMedium.IsoUefi : BootMedium.Iso, MemoryMiB = isUefi ? 256 : 64 });
        Assert.Contains("root: minix on ram0", (await guest.Shell.RunAsync("dmesg")).Output, StringComparison.Ordinal);
        _ = (await guest.Shell.RunAsync("cp /etc/rc /home/copy")).Succeeded();
        Assert.Contains("dhcp", (await guest.Shell.RunAsync("cat /home/copy")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SuperBlock_Damaged_IsReportedAndTheNextRootServes()
    {
        using DiskImage disk = DiskImage.OfDamagedRoot();
        await using QemuGuest guest = await BootAsync(disk, new QemuOptions { Medium = BootMedium.Iso });
        Assert.Contains("root: ata0 cannot be mounted: its file system is damaged", SerialConsole.Plain(guest.Console.Text), StringComparison.Ordinal);
        Assert.Contains("root: minix on ram0", (await guest.Shell.RunAsync("dmesg")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RootOption_OfADiskThatIsNotThere_IsReportedAndTheDefaultServes()
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using QemuGuest guest = await BootAsync(disk, new QemuOptions { FirmwareOptions = "root=ata3" });
        Assert.Contains("root: there is no disk ata3", SerialConsole.Plain(guest.Console.Text), StringComparison.Ordinal);
        Assert.Contains("root: minix on ata0", (await guest.Shell.RunAsync("dmesg")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RootOption_WinsOverTheFirstDisk()
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using QemuGuest guest = await BootAsync(disk, new QemuOptions { Medium = BootMedium.Iso, FirmwareOptions = "root=/dev/ram0" });
        Assert.Contains("root: minix on ram0", (await guest.Shell.RunAsync("dmesg")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partition_IsANodeAndCanBeTheRoot()
    {
        using DiskImage disk = DiskImage.WithPartition(start: 63);
        await using QemuGuest guest = await BootAsync(disk, new QemuOptions { FirmwareOptions = "root=ata0p2" });
        string log = (await guest.Shell.RunAsync("dmesg")).Output;
        Assert.Contains("ata0p2: 8192 sectors from 63, type 81", log, StringComparison.Ordinal);
        Assert.Contains("root: minix on ata0p2", log, StringComparison.Ordinal);
        Assert.Contains("4d5a", (await guest.Shell.RunAsync("hexdump -s 1048 -n 2 /dev/ata0p2")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1", "namelen=30")]
    [InlineData("-2 -n 14", "namelen=14")]
    [InlineData("-3", "namelen=60")]
    public async Task Disk_FormattedInTheGuest_IsCleanForBothTools(string options, string says)
    {
        using DiskImage disk = DiskImage.Blank(bytes: 3 << 20);
        await using (QemuGuest guest = await BootAsync(disk, new QemuOptions { Medium = BootMedium.Iso }))
        {
            Assert.NotEqual(0, (await guest.Shell.RunAsync("fsck.minix /dev/ata0")).Status);
            Assert.Contains(says, (await guest.Shell.RunAsync($"mkfs.minix {options} /dev/ata0")).Succeeded().Output, StringComparison.Ordinal);
            Assert.Contains("Forcing filesystem check", (await guest.Shell.RunAsync("fsck.minix -f -a /dev/ata0")).Succeeded().Output, StringComparison.Ordinal);
            ShellResult mounted = await guest.Shell.RunAsync("fsck.minix /dev/ram0");
            Assert.Equal(8, mounted.Status);
            Assert.Contains("is mounted", mounted.Output, StringComparison.Ordinal);
        }

        await disk.CheckAsync();
    }

    [Fact]
    public async Task BadSector_IsAnInputOutputErrorAndNothingElse()
    {
        const int BadSector = 6000;
        using DiskImage disk = DiskImage.OfRoot();
        await using QemuGuest guest = await BootAsync(disk, new QemuOptions { BadSector = BadSector });
        ShellResult read = await guest.Shell.RunAsync($"hexdump -s {BadSector * 512} -n 16 /dev/ata0");
        Assert.NotEqual(0, read.Status);
        Assert.Matches("(?i)i/o error|input/output error", read.Output);
        _ = (await guest.Shell.RunAsync($"hexdump -s {(BadSector - 100) * 512} -n 16 /dev/ata0")).Succeeded();
        Assert.Matches($@"ata0: read of 8 sectors at {BadSector} failed", (await guest.Shell.RunAsync("dmesg")).Output);
        Assert.DoesNotContain("PIO", (await guest.Shell.RunAsync("dmesg")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlC_WhileADiskIsRead_EndsTheReaderAndLeavesTheDiskOfUse()
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using QemuGuest guest = await BootAsync(disk);
        for (int i = 0; i < 5; i++)
        {
            int from = await guest.Shell.StartAsync("hexdump -v /dev/ata0");
            _ = await guest.Console.WaitForAsync("0001000", from, Limits.Command);
            await guest.Console.SendAsync("\u0003");
            _ = await guest.Shell.WaitForPromptAsync(from, Limits.Command);
            Assert.Contains("4d5a", (await guest.Shell.RunAsync("hexdump -s 1048 -n 2 /dev/ata0")).Succeeded().Output, StringComparison.Ordinal);
        }

        _ = (await guest.Shell.RunAsync("cp /etc/rc /home/copy")).Succeeded();
        Assert.DoesNotContain("failed", (await guest.Shell.RunAsync("dmesg")).Output, StringComparison.Ordinal);
    }

    private static Task<QemuGuest> BootAsync(DiskImage disk, QemuOptions? options = null) =>
        QemuGuest.BootAsync(nameof(DiskTests), (options ?? new QemuOptions()) with { Disk = disk.Path });
}
