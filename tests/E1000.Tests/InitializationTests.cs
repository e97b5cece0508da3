using KernelSockets.Drivers.E1000;
using KernelSockets.Simulation.E1000;
using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.E1000.Tests;

public sealed class InitializationTests
{
    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void TryCreate_AnyPersonality_ReadsAddressFromEepromAndStaysSilent(string personality)
    {
        using Rig rig = new(Personalities.Options(personality));
        rig.Create();
        Assert.Equal(Rig.Station, rig.Device.Address);
        Assert.Equal(1500, rig.Device.Mtu);
        Assert.Equal(1, rig.Model.ResetCount);
        Assert.Equal(0u, rig.Model.InterruptMask);
        Assert.Equal(0u, rig.Model.Peek(RCTL) & 2);
        Assert.Equal(0u, rig.Model.Peek(TCTL) & 2);
        Assert.Equal(rig.Pool.Total, rig.Pool.Free);
        Assert.False(rig.Device.IsLinkUp);
    }

    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Start_AnyPersonality_ProgramsTheWholeDevice(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        bool is82543 = rig.Options.Is82543;
        Model82540Em model = rig.Model;

        Assert.Equal(is82543 ? 0x0000_8002u : 0x0400_8002u, model.Peek(RCTL));
        Assert.Equal(1u << 1 | 1u << 3 | 15u << 4 | 64u << 12 | 1u << 24, model.Peek(TCTL));
        Assert.Equal(0x1200_5452u, model.Peek(RAL));
        Assert.Equal(0x8000_5634u, model.Peek(RAH));
        Assert.Equal(0u, model.Peek(RAH + 8) | model.Peek(RAL + 8 * 15) | model.Peek(RAH + 8 * 15));
        for (uint i = 0; i < TableLength; i++)
        {
            Assert.Equal(0u, model.Peek(MTA + (4 * i)));
        }

        Assert.Equal(4096u, model.Peek(RDLEN));
        Assert.Equal(4096u, model.Peek(TDLEN));
        Assert.Equal(255, model.FreeReceiveDescriptors);
        Assert.Equal(0, model.PendingTransmitDescriptors);
        Assert.Equal(0x300u, model.Peek(RXCSUM));
        Assert.Equal(is82543 ? 0x0060_2008u : 0x0060_200Au, model.Peek(TIPG));
        Assert.Equal(is82543 ? 0u : 195u, model.Peek(ITR));
        Assert.Equal(0u, model.Peek(RDTR));
        Assert.NotEqual(0u, model.Peek(TIDV));
        Assert.Equal(1u << 6, model.Peek(CTRL) & (1u << 6));
        Assert.Equal(0xDCu, model.InterruptMask);
        Assert.Equal(rig.Pool.Total - Rig.RingBuffers, rig.Pool.Free);
        Assert.Equal(1000, rig.Device.LinkSpeed);
        Assert.True(rig.Device.IsFullDuplex);
        Assert.Equal(1, rig.Statistics.LinkChanges);
    }

    [Fact]
    public void TryCreate_FirmwareLeftEnginesOn_TurnsThemOffBeforeTheReset()
    {
        using Rig rig = new();
        DmaBlock ring = rig.Memory.Allocate(4096, 16)!;
        foreach (uint low in (uint[])[RDBAL, TDBAL])
        {
            rig.Model.Write(low, (uint)ring.BusAddress);
            rig.Model.Write(low + 4, (uint)(ring.BusAddress >> 32));
            rig.Model.Write(low + 8, 4096);
        }

        rig.Model.Write(RCTL, 2);
        rig.Model.Write(TCTL, 2);
        rig.Model.Write(IMS, 0x80);
        bool wasQuietAtReset = false;
        rig.Model.BeforeAccess = (offset, isWrite) =>
        {
            if (offset == CTRL && isWrite && rig.Model.ResetCount == 0)
            {
                wasQuietAtReset = ((rig.Model.Peek(RCTL) | rig.Model.Peek(TCTL)) & 2) == 0 && rig.Model.InterruptMask == 0;
            }
        };
        rig.Create();
        Assert.True(wasQuietAtReset);
        Assert.Equal(Errno.Success, rig.Device.Start());
    }

    [Fact]
    public void Start_Once_WritesReceiveControlOnce()
    {
        using Rig rig = new(ModelOptions.Qemu);
        int writes = 0;
        rig.Model.BeforeAccess = (offset, isWrite) => writes += isWrite && offset == RCTL ? 1 : 0;
        rig.Create();
        rig.Device.Start();
        rig.RunNetworkTask();
        rig.Device.IsPromiscuous = false;
        Assert.Equal(1, writes);
    }

    [Fact]
    public void TryCreate_WrongEepromChecksum_TakesAddressFromReceiveAddressRegisters()
    {
        using Rig rig = new();
        rig.Model.Eeprom[20] ^= 0x100;
        rig.Create();
        Assert.Equal(Rig.Station, rig.Device.Address);
    }

    [Theory]
    [InlineData("manual")]
    [InlineData("virtualbox-82543")]
    public void TryCreate_WithoutEerd_ReadsEepromBitByBit(string personality)
    {
        using Rig rig = new(Personalities.Options(personality));
        rig.Model.IsEepromReadDead = true;
        rig.Model.LoadsAddress = false;
        rig.Model.Write(RAH, 0);
        rig.Create();
        Assert.Equal(Rig.Station, rig.Device.Address);
        Assert.Equal(0u, rig.Model.Peek(EECD) & 0x47);
    }

    [Fact]
    public void TryCreate_EerdWithoutReceiveAddress_IsEnough()
    {
        using Rig rig = new();
        rig.Model.LoadsAddress = false;
        rig.Model.Write(RAH, 0);
        int eecdWrites = 0;
        rig.Model.BeforeAccess = (offset, isWrite) => eecdWrites += isWrite && offset == EECD ? 1 : 0;
        rig.Create();
        Assert.Equal(Rig.Station, rig.Device.Address);
        Assert.Equal(0, eecdWrites);
    }

    [Fact]
    public void TryCreate_DeadEepromAndNoReceiveAddress_IsNoDeviceAddress()
    {
        using Rig rig = new();
        rig.Model.Eeprom.IsAlive = false;
        rig.Model.Write(RAH, 0);
        Assert.Equal(Errno.ENXIO, rig.TryCreate());
        Assert.True(rig.Clock.Peek < new Instant(1_000_000_000), $"took {rig.Clock.Peek}");
    }

    [Theory]
    [InlineData("01:00:5e:00:00:01")]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("00:00:00:00:00:00")]
    public void TryCreate_AddressIsNoStation_IsRefused(string text)
    {
        using Rig rig = new();
        Assert.True(MacAddress.TryParse(text, out MacAddress address));
        byte[] bytes = new byte[6];
        address.Write(bytes);
        for (int i = 0; i < 3; i++)
        {
            rig.Model.Eeprom[i] = (ushort)(bytes[2 * i] | bytes[(2 * i) + 1] << 8);
        }

        rig.Model.Eeprom.FixChecksum();
        Assert.Equal(Errno.ENXIO, rig.TryCreate());
    }

    [Theory]
    [InlineData(0x100E, 0x56)]
    [InlineData(0x1010, 0x57)]
    [InlineData(0x1079, 0x57)]
    public void TryCreate_SecondPortOfTwo_FlipsTheLastAddressBit(int deviceId, byte last)
    {
        using Rig rig = new(ModelOptions.Manual with { ResetsAtDuplicate = deviceId == 0x1079 }, (ushort)deviceId);
        rig.Model.SetStatusBit(1 << 2, true);
        rig.Create();
        byte[] bytes = new byte[6];
        rig.Device.Address.Write(bytes);
        Assert.Equal(last, bytes[5]);
    }

    [Fact]
    public void TryCreate_UnknownDevice_IsRefusedUntouched()
    {
        using Rig rig = new(deviceId: 0x1019);
        Assert.Equal(Errno.ENODEV, rig.TryCreate());
        Assert.Equal(0, rig.Model.AccessCount);
    }

    [Fact]
    public void TryCreate_AbsentDevice_IsNoDevice()
    {
        using Rig rig = new();
        rig.Model.Remove();
        Assert.Equal(Errno.ENODEV, rig.TryCreate());
    }

    [Fact]
    public void TryCreate_ResetNeverEnds_IsAnErrorInBoundedTime()
    {
        using Rig rig = new();
        rig.Model.IsResetStuck = true;
        Assert.Equal(Errno.EIO, rig.TryCreate());
        Assert.True(rig.Clock.Peek < new Instant(1_000_000_000), $"took {rig.Clock.Peek}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryCreate_NoMemoryForRings_IsOutOfMemory(int blocks)
    {
        using Rig rig = new();
        rig.Memory.Remaining = blocks;
        Assert.Equal(Errno.ENOMEM, rig.TryCreate());
    }

    [Fact]
    public void Start_PoolTooSmall_TakesNothing()
    {
        using Rig rig = new(poolSize: 255);
        rig.Create();
        Assert.Equal(Errno.ENOBUFS, rig.Device.Start());
        Assert.Equal(255, rig.Pool.Free);
        Assert.Equal(0u, rig.Model.Peek(RCTL) & 2);
        Assert.Equal(0, rig.Device.Poll(rig, 8));
    }

    [Fact]
    public void Start_PhyNegotiates_IsLeftAlone()
    {
        using Rig rig = Rig.Started();
        Assert.Equal(0, rig.Model.Phy.Restarts);
    }

    [Theory]
    [InlineData(0x0140)]
    [InlineData(0x1940)]
    [InlineData(0x1540)]
    public void Start_PhyOffIsolatedOrForced_NegotiatesAgain(int control)
    {
        using Rig rig = new();
        rig.Model.Phy.Control = (ushort)control;
        rig.Create();
        Assert.Equal(Errno.Success, rig.Device.Start());
        rig.RunNetworkTask();
        Assert.Equal(1, rig.Model.Phy.Restarts);
        Assert.True(rig.Device.IsLinkUp);
    }

    [Fact]
    public void Start_PhyDoesNotAnswer_IsAnError()
    {
        using Rig rig = new();
        rig.Create();
        rig.Model.Phy.IsAlive = false;
        Assert.Equal(Errno.EIO, rig.Device.Start());
        Assert.Equal(rig.Pool.Total, rig.Pool.Free);
    }

    [Fact]
    public void Start_Twice_ChangesNothing()
    {
        using Rig rig = Rig.Started();
        long accesses = rig.Model.AccessCount;
        Assert.Equal(Errno.Success, rig.Device.Start());
        Assert.Equal(accesses, rig.Model.AccessCount);
    }

    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Stop_ThenStart_WorksAgain(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(100, round, Rig.Peer)));
            Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(80, round)));
            Assert.Equal(Errno.Success, rig.Device.Stop());
            Assert.Equal(rig.Pool.Total, rig.Pool.Free);
            Assert.Equal(Errno.ENETDOWN, rig.Transmit(Rig.Frame(100, round, Rig.Peer)));
            Assert.Equal(ReceiveOutcome.Ignored, rig.Model.Deliver(Rig.Frame(80, round)));
            Assert.Equal(Errno.Success, rig.Device.Start());
            rig.RunNetworkTask();
            Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(90, round)));
            rig.RunNetworkTask();
        }

        Assert.Equal(3, rig.Wire.Count);
        Assert.Equal(3, rig.Received.Count);
        Assert.Equal(3, rig.Statistics.ReceiveDropped);
        Assert.Equal(3, rig.Statistics.TransmitCarrierErrors);
    }

    [Theory]
    [InlineData(0x8086, 0x100E, true)]
    [InlineData(0x8086, 0x100F, true)]
    [InlineData(0x8086, 0x1004, true)]
    [InlineData(0x8086, 0x1000, false)]
    [InlineData(0x8086, 0x10D3, false)]
    [InlineData(0x1022, 0x100E, false)]
    public void Supports_PciNumbers(int vendorId, int deviceId, bool expected) =>
        Assert.Equal(expected, E1000Device.Supports((ushort)vendorId, (ushort)deviceId));
}
