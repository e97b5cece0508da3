using KernelSockets.Drivers.Ata;
using KernelSockets.Simulation.Ata;

namespace KernelSockets.Ata.Tests;

/// <summary>Drives, cables and controllers that fail: a request ends well after few attempts, or with EIO after a bounded time.</summary>
public sealed class FaultTests
{
    private const int SectorSize = BlockDevice.SectorSize;

    public static TheoryData<ModelFault> Faults =>
    [
        ModelFault.MediumError, ModelFault.Abort, ModelFault.CableError, ModelFault.DeviceFault, ModelFault.NoAnswer, ModelFault.BusError,
        ModelFault.ShortTransfer,
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_Once_IsOvercome(ModelFault fault)
    {
        ModelDrive drive = new();
        Rig rig = Rig.WithDisk(out AtaDisk disk, drive);
        byte[] data = Rig.Pattern(20, 1);
        foreach (bool isWrite in (bool[])[true, false])
        {
            int left = 1;
            rig.Model.OnCommand = _ => left-- > 0 ? fault : ModelFault.None;
            byte[] back = new byte[data.Length];
            Assert.Equal(Errno.Success, isWrite ? disk.Write(40, data) : disk.Read(40, back));
            Assert.Equal(data, isWrite ? data : back);
        }

        Assert.Equal(2, rig.Channel.FailedAttempts);
        Assert.True(disk.UsesDma);
        Assert.All(rig.Model.Commands, command => Assert.True(command.IsDma));
        Assert.Empty(rig.Complaints);
        Assert.Equal(rig.Channel.Resets, rig.Model.Resets - 1);
        Assert.Equal(fault is ModelFault.MediumError or ModelFault.Abort or ModelFault.CableError ? 0 : 2, rig.Channel.Resets);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_ForEver_IsEioAfterFewAttemptsWithOneLine(ModelFault fault)
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);

        // What only the bus master can do wrong goes on without it.
        rig.Model.OnCommand = command => command.IsDma || fault is not (ModelFault.BusError or ModelFault.ShortTransfer) ? fault : ModelFault.NoAnswer;
        Assert.Equal(Errno.EIO, disk.Read(40, new byte[8 * SectorSize]));
        Assert.Equal(AtaChannel.MaximumAttempts, rig.Model.Commands.Count);
        Assert.Contains("ata0: read of 8 sectors at 40 failed: ", Assert.Single(rig.Complaints), StringComparison.Ordinal);
        Assert.True(rig.Time.Now - Instant.Zero < TimeSpan.FromMinutes(1));

        // A bad sector is no reason to do without DMA, and the drive is of use afterwards.
        rig.Model.OnCommand = static _ => ModelFault.None;
        Assert.Equal(Errno.Success, disk.Read(0, new byte[SectorSize]));
        Assert.True(disk.UsesDma);
        Assert.True(rig.Model.Commands[^1].IsDma);
    }

    [Fact]
    public void BadSectorInALargeRead_FailsTheRequest()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        rig.Model.OnCommand = static command => command.Sector <= 500 && 500 < command.Sector + command.Count ? ModelFault.MediumError : ModelFault.None;
        Assert.Equal(Errno.EIO, disk.Read(0, new byte[1000 * SectorSize]));
        Assert.Equal(Errno.Success, disk.Read(501, new byte[400 * SectorSize]));
        Assert.Equal(Errno.EIO, disk.Write(500, new byte[SectorSize]));
        Assert.Contains("write of 1 sectors at 500", rig.Complaints[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Dma_ThatKeepsFailing_IsGivenUp()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        rig.Model.OnCommand = static command => command.IsDma ? ModelFault.BusError : ModelFault.None;
        byte[] data = Rig.Pattern(3, 9);
        for (int i = 0; i < AtaChannel.MaximumDmaFailures; i++)
        {
            Assert.True(disk.UsesDma);
            Assert.Equal(Errno.Success, disk.Write(i, data));
        }

        Assert.False(disk.UsesDma);
        Assert.Contains("PIO from now on", Assert.Single(rig.Complaints), StringComparison.Ordinal);
        rig.Model.Commands.Clear();
        byte[] back = new byte[data.Length];
        Assert.Equal(Errno.Success, disk.Read(AtaChannel.MaximumDmaFailures - 1, back));
        Assert.Equal(data, back);
        Assert.False(Assert.Single(rig.Model.Commands).IsDma);
    }

    [Fact]
    public void Dma_ThatFailsNowAndThen_IsKept()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        for (int i = 0; i < 10; i++)
        {
            int dmaLeft = i % 3 == 2 ? 0 : 2;
            rig.Model.OnCommand = command => command.IsDma && dmaLeft-- > 0 ? ModelFault.Abort : ModelFault.None;
            Assert.Equal(Errno.Success, disk.Read(i, new byte[SectorSize]));
        }

        Assert.True(disk.UsesDma);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LostInterrupt_CostsASecondAtMost(bool hasBusMaster)
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk, hasBusMaster: hasBusMaster);
        rig.Model.OnCommand = static _ => ModelFault.LostInterrupt;
        byte[] data = Rig.Pattern(2, 1);
        Instant before = rig.Time.Now;
        Assert.Equal(Errno.Success, disk.Write(3, data));
        Assert.True(rig.Time.Now - before <= TimeSpan.FromSeconds(1.1));
        Assert.Equal(Errno.Success, disk.Flush());
        byte[] back = new byte[data.Length];
        Assert.Equal(Errno.Success, disk.Read(3, back));
        Assert.Equal(data, back);
        Assert.Equal(hasBusMaster ? 2 : 0, rig.Channel.LostInterrupts);
        Assert.Equal(0, rig.Channel.FailedAttempts);
    }

    [Fact]
    public void SlowDrive_IsWaitedFor()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk);
        rig.Model.Latency = TimeSpan.FromSeconds(9);
        Assert.Equal(Errno.Success, disk.Read(0, new byte[SectorSize]));
        Assert.Equal(0, rig.Channel.FailedAttempts);
    }

    [Fact]
    public void DeadDrive_IsEioInBoundedTime_AndTheOtherOneToo()
    {
        ModelDrive first = new();
        Rig rig = new(first, new ModelDrive());
        IReadOnlyList<AtaDisk> disks = rig.Channel.Detect(0);
        first.IsDead = true;
        rig.Model.OnCommand = static _ => ModelFault.NoAnswer;
        Instant before = rig.Time.Now;
        Assert.Equal(Errno.EIO, disks[0].Write(0, new byte[SectorSize]));
        Assert.True(rig.Time.Now - before < TimeSpan.FromMinutes(1));
        Assert.Contains(rig.Complaints, line => line.Contains("no answer to a reset", StringComparison.Ordinal));
        Assert.Equal(Errno.EIO, disks[1].Read(0, new byte[SectorSize]));
    }

    [Theory]
    [InlineData(ModelFault.MediumError)]
    [InlineData(ModelFault.NoAnswer)]
    [InlineData(ModelFault.DeviceFault)]
    public void Flush_ThatFails_IsEio_AndIsTriedAgainByTheNext(ModelFault fault)
    {
        ModelDrive drive = new();
        Rig rig = Rig.WithDisk(out AtaDisk disk, drive);
        Assert.Equal(Errno.Success, disk.Write(0, new byte[SectorSize]));
        rig.Model.OnCommand = _ => fault;
        Assert.Equal(Errno.EIO, disk.Flush());
        Assert.Contains("the cache cannot be written", rig.Complaints[^1], StringComparison.Ordinal);
        rig.Model.OnCommand = static _ => ModelFault.None;
        Assert.Equal(Errno.Success, disk.Flush());
        Assert.Equal(0, drive.DirtySectors);
    }

    [Fact]
    public void RandomRequests_WithRandomFaults_NeverGiveWrongBytes()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        ModelDrive drive = new() { Sectors = 600 };
        Rig rig = Rig.WithDisk(out AtaDisk disk, drive);
        byte[] expected = new byte[600 * SectorSize];
        rig.Model.OnCommand = _ => random.Next(4) == 0 ? (ModelFault)random.Next((int)ModelFault.ShortTransfer + 1) : ModelFault.None;
        for (int i = 0; i < 2000; i++)
        {
            int count = random.Next(1, 300);
            int sector = random.Next(600 - count);
            Span<byte> part = expected.AsSpan(sector * SectorSize, count * SectorSize);
            byte[] data = new byte[part.Length];
            if (random.Next(2) == 0)
            {
                random.NextBytes(data);
                Errno written = disk.Write(sector, data);

                // After a failure nobody knows what is there.
                for (int at = 0; at < count && written != Errno.Success; at++)
                {
                    drive.Read(sector + at, data.AsSpan(at * SectorSize));
                }

                data.CopyTo(part);
            }
            else if (disk.Read(sector, data) == Errno.Success)
            {
                Assert.True(part.SequenceEqual(data), $"seed {seed}, request {i}");
            }
        }

        Assert.True(rig.Channel.FailedAttempts > 100, $"seed {seed}");
    }
}
