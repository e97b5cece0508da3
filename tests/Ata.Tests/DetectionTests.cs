using KernelSockets.Drivers.Ata;
using KernelSockets.Simulation.Ata;

namespace KernelSockets.Ata.Tests;

/// <summary>What is at a channel, and what is left alone.</summary>
public sealed class DetectionTests
{
    [Fact]
    public void Detect_TwoDisks_FindsBothWithTheirPlaces()
    {
        Rig rig = new(new ModelDrive { Model = "FIRST", Sectors = 100 }, new ModelDrive { Model = "SECOND", Sectors = 200 });
        IReadOnlyList<AtaDisk> disks = rig.Channel.Detect(2);
        Assert.Equal(["ata2: FIRST, 100 sectors, DMA", "ata3: SECOND, 200 sectors, DMA"], rig.Found);
        Assert.Equal([false, true], disks.Select(disk => disk.IsSecond));
        Assert.Equal(["ata2", "ata3"], disks.Select(disk => disk.Name));
        Assert.Empty(rig.Complaints);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Detect_NoDrives_FindsNothing(bool isFloating)
    {
        Rig rig = new(null, isFloating: isFloating);
        Assert.Empty(rig.Channel.Detect(0));
        Assert.Empty(rig.Found);
        Assert.True(rig.Time.Now - Instant.Zero < TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Detect_SecondDriveOnly_FindsIt()
    {
        Rig rig = new(null, new ModelDrive());
        Assert.Equal("ata1", Assert.Single(rig.Channel.Detect(0)).Name);
    }

    [Fact]
    public void Detect_PacketDevice_IsReportedAndAskedForItsNameOnly()
    {
        Rig rig = new(new ModelDrive { IsPacket = true, Model = "CD" });
        Assert.Empty(rig.Channel.Detect(2));
        Assert.Equal("ata2: CD, a packet device (CD-ROM or the like), left alone", Assert.Single(rig.Found));
        Assert.Equal(ModelCommand.IdentifyPacket, Assert.Single(rig.Model.Commands).Code);
    }

    [Fact]
    public void Detect_DiskBehindAPacketDeviceThatHangs_IsFound()
    {
        Rig rig = new(new ModelDrive { IsPacket = true }, new ModelDrive());
        rig.Model.OnCommand = static command => command.IsSecond ? ModelFault.None : ModelFault.NoAnswer;
        Assert.Equal("ata1", Assert.Single(rig.Channel.Detect(0)).Name);
    }

    [Fact]
    public void Detect_DriveThatAbortsIdentify_IsNone()
    {
        Rig rig = new(new ModelDrive());
        rig.Model.OnCommand = static _ => ModelFault.Abort;
        Assert.Empty(rig.Channel.Detect(0));
    }

    [Fact]
    public void Detect_DriveThatNeverAnswersIdentify_EndsAndIsNone()
    {
        Rig rig = new(new ModelDrive());
        rig.Model.OnCommand = static _ => ModelFault.NoAnswer;
        Assert.Empty(rig.Channel.Detect(0));
        Assert.True(rig.Time.Now - Instant.Zero < TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void Detect_DriveThatNeverLeavesReset_EndsAndIsNone()
    {
        Rig rig = new(new ModelDrive { IsDead = true });
        Assert.Empty(rig.Channel.Detect(0));
        Assert.True(rig.Time.Now - Instant.Zero < TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void Detect_LostInterrupt_DoesNotMatter()
    {
        Rig rig = new(new ModelDrive());
        rig.Model.OnCommand = static _ => ModelFault.LostInterrupt;
        Assert.Single(rig.Channel.Detect(0));
    }

    [Fact]
    public void Detect_NoLba_IsLeftAlone()
    {
        Rig rig = new(new ModelDrive { HasLba = false });
        Assert.Empty(rig.Channel.Detect(0));
        Assert.Contains("left alone", Assert.Single(rig.Found), StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_LargeSectors_IsLeftAlone()
    {
        Rig rig = new(new ModelDrive { LogicalSectorSize = 4096 });
        Assert.Empty(rig.Channel.Detect(0));
        Assert.Contains("left alone", Assert.Single(rig.Found), StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_NoSectors_IsLeftAlone()
    {
        Rig rig = new(new ModelDrive { Sectors = 0 });
        Assert.Empty(rig.Channel.Detect(0));
    }

    [Theory]
    [InlineData(0x0FFF_FFFF, false)]
    [InlineData(0x1000_0000, true)]
    [InlineData(0xFFFF_FFFF_FFFF, true)]
    public void Detect_Size_IsThatOfTheAddressWidth(long sectors, bool isExtended)
    {
        Rig rig = new(new ModelDrive { Sectors = sectors, IsExtended = isExtended });
        Assert.Equal(sectors, Assert.Single(rig.Channel.Detect(0)).SectorCount);
    }

    [Fact]
    public void Detect_ModelOfControlCharacters_ShowsBlanks()
    {
        Rig rig = new(new ModelDrive { Model = "  A\u001B[2J\u0007B  " });
        Assert.Equal("A [2J B", Assert.Single(rig.Channel.Detect(0)).Model);
    }

    [Fact]
    public void Detect_NoBusMaster_UsesPio()
    {
        Rig rig = Rig.WithDisk(out AtaDisk disk, hasBusMaster: false);
        Assert.False(disk.UsesDma);
        Assert.EndsWith("PIO", Assert.Single(rig.Found), StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_NoModeSelected_UsesPio()
    {
        _ = Rig.WithDisk(out AtaDisk disk, new ModelDrive { IsDmaSelected = false });
        Assert.False(disk.UsesDma);
    }

    [Fact]
    public void Detect_MemoryAboveFourGiB_UsesPio()
    {
        Rig rig = new(new ModelDrive(), memory: 0xFFFF_8000);
        Assert.False(Assert.Single(rig.Channel.Detect(0)).UsesDma);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    public void Detect_TooLittleMemory_UsesPio(int blocks)
    {
        Rig rig = new(new ModelDrive());
        rig.Memory.Remaining = blocks;
        Assert.False(Assert.Single(rig.Channel.Detect(0)).UsesDma);
    }

    [Fact]
    public void Detect_TwoDisks_ShareOneBuffer()
    {
        Rig rig = new(new ModelDrive(), new ModelDrive());
        rig.Memory.Remaining = 17;
        Assert.All(rig.Channel.Detect(0), disk => Assert.True(disk.UsesDma));
    }
}
