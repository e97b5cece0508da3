using KernelSockets.Drivers.Ata;
using KernelSockets.Simulation.Ata;

namespace KernelSockets.Ata.Tests;

/// <summary>Reads, writes and flushes of drives that work.</summary>
public sealed class TransferTests
{
    private const int SectorSize = BlockDevice.SectorSize;
    private const int PerCommand = AtaChannel.MaximumTransfer / SectorSize;

    [Theory]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(8, true)]
    [InlineData(9, true)]
    [InlineData(128, true)]
    [InlineData(129, true)]
    [InlineData(1000, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(300, false)]
    public void Write_ThenRead_GivesTheSameBytes(int sectors, bool hasBusMaster)
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk, hasBusMaster: hasBusMaster);
        byte[] data = Rig.Pattern(sectors, sectors);
        Assert.Equal(Errno.Success, disk.Write(11, data));
        byte[] back = new byte[data.Length];
        Assert.Equal(Errno.Success, disk.Read(11, back));
        Assert.Equal(data, back);
        Assert.All(rig.Model.Commands, command => Assert.Equal(hasBusMaster, command.IsDma));
        Assert.Equal(0, rig.Channel.FailedAttempts);
        Assert.Equal(0, rig.Channel.LostInterrupts);
    }

    [Fact]
    public void Read_LargerThanTheBuffer_TakesFewCommands()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        Assert.Equal(Errno.Success, disk.Read(5, new byte[((2 * PerCommand) + 1) * SectorSize]));
        Assert.Equal([(5L, PerCommand), (5L + PerCommand, PerCommand), (5L + (2 * PerCommand), 1)], rig.Model.Commands.Select(c => (c.Sector, c.Count)));
    }

    [Fact]
    public void Read_Nothing_GivesNoCommand()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        Assert.Equal(Errno.Success, disk.Read(disk.SectorCount, []));
        Assert.Empty(rig.Model.Commands);
    }

    [Theory]
    [InlineData(-1, 512)]
    [InlineData(4096, 512)]
    [InlineData(4095, 1024)]
    [InlineData(long.MaxValue, 512)]
    [InlineData(long.MinValue, 512)]
    [InlineData(0, 511)]
    [InlineData(0, 1)]
    public void Transfer_OutsideTheDiskOrOfParts_IsRefusedWithoutACommand(long sector, int length)
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        Assert.Equal(Errno.EINVAL, disk.Read(sector, new byte[length]));
        Assert.Equal(Errno.EINVAL, disk.Write(sector, new byte[length]));
        Assert.Empty(rig.Model.Commands);
    }

    [Theory]
    [InlineData((1L << 28) - 1, 1, 0xC8)]
    [InlineData((1L << 28) - 1, 2, 0x25)]
    [InlineData(1L << 28, 1, 0x25)]
    [InlineData((1L << 48) - 2, 1, 0x25)]
    public void Read_ByAddress_TakesTheShortCommandWhereItReaches(long sector, int count, byte code)
    {
        ModelDrive drive = new() { Sectors = (1L << 48) - 1 };
        byte[] data = Rig.Pattern(count, 3);
        for (int i = 0; i < count; i++)
        {
            drive.Write(sector + i, data.AsSpan(i * SectorSize));
        }

        Rig rig = Rig.WithDisk(out AtaDisk disk, drive);
        byte[] back = new byte[data.Length];
        Assert.Equal(Errno.Success, disk.Read(sector, back));
        Assert.Equal(data, back);
        Assert.Equal(new ModelCommand(code, false, sector, count), Assert.Single(rig.Model.Commands));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_BeyondTheShortAddresses_ReachesItsPlace(bool hasBusMaster)
    {
        ModelDrive drive = new() { Sectors = 1L << 40 };
        _ = Rig.WithDisk(out AtaDisk disk, drive, hasBusMaster);
        byte[] data = Rig.Pattern(3, 4);
        Assert.Equal(Errno.Success, disk.Write((1L << 40) - 3, data));
        byte[] last = new byte[SectorSize];
        drive.Read((1L << 40) - 1, last);
        Assert.Equal(data[^SectorSize..], last);
    }

    [Fact]
    public void Disks_OfOneChannel_DoNotMix()
    {
        Rig rig = new(new ModelDrive(), new ModelDrive());
        IReadOnlyList<AtaDisk> disks = rig.Channel.Detect(0);
        byte[][] data = [Rig.Pattern(4, 1), Rig.Pattern(4, 2)];
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Errno.Success, disks[i].Write(9, data[i]));
        }

        for (int i = 0; i < 2; i++)
        {
            byte[] back = new byte[data[i].Length];
            Assert.Equal(Errno.Success, disks[i].Read(9, back));
            Assert.Equal(data[i], back);
        }
    }

    [Theory]
    [InlineData(true, ModelCommand.FlushExt)]
    [InlineData(false, ModelCommand.Flush)]
    public void Flush_AfterAWrite_EmptiesTheCacheOnce(bool isExtended, byte code)
    {
        ModelDrive drive = new() { IsExtended = isExtended };
        Rig rig = Rig.WithDisk(out AtaDisk disk, drive);
        Assert.Equal(Errno.Success, disk.Write(1, new byte[SectorSize]));
        Assert.Equal(1, drive.DirtySectors);
        rig.Model.Commands.Clear();
        Assert.Equal(Errno.Success, disk.Flush());
        Assert.Equal(Errno.Success, disk.Flush());
        Assert.Equal(0, drive.DirtySectors);
        Assert.Equal(code, Assert.Single(rig.Model.Commands).Code);
    }

    [Fact]
    public void Flush_WithoutAWriteOrTheCommand_GivesNone()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        Assert.Equal(Errno.Success, disk.Read(0, new byte[SectorSize]));
        rig.Model.Commands.Clear();
        Assert.Equal(Errno.Success, disk.Flush());
        Assert.Empty(rig.Model.Commands);

        rig = Rig.WithDisk(out disk, new ModelDrive { HasFlush = false });
        Assert.Equal(Errno.Success, disk.Write(0, new byte[SectorSize]));
        rig.Model.Commands.Clear();
        Assert.Equal(Errno.Success, disk.Flush());
        Assert.Empty(rig.Model.Commands);
    }

    [Fact]
    public void Read_WithLateInterruptOfAnEarlierCommand_WaitsForItsOwn()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        rig.Model.Line.Signal();
        Assert.Equal(Errno.Success, disk.Read(0, new byte[SectorSize]));
        Assert.Equal(0, rig.Channel.FailedAttempts);
    }

    [Fact]
    public void Read_OfATaskThatIsToldToEnd_IsFinishedAllTheSame()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        rig.Model.Line.Interruptions = 5;
        Assert.Equal(Errno.Success, disk.Read(0, new byte[SectorSize]));
        Assert.Equal(0, rig.Channel.FailedAttempts);
    }

    [Fact]
    public async Task Disk_UsedByManyTasks_ServesOneAfterTheOther()
    {
        Rig rig = new(new ModelDrive(), new ModelDrive());
        IReadOnlyList<AtaDisk> disks = rig.Channel.Detect(0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(() =>
        {
            AtaDisk disk = disks[task % 2];
            byte[] back = new byte[200 * SectorSize];
            for (int round = 0; round < 20; round++)
            {
                byte[] data = Rig.Pattern(200, (task * 100) + round);
                Assert.Equal(Errno.Success, disk.Write(task * 200, data));
                Assert.Equal(Errno.Success, disk.Read(task * 200, back));
                Assert.Equal(data, back);
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(0, rig.Channel.FailedAttempts);
    }
}
