using KernelSockets.QemuHarness.Wire;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>Echo over a wire that loses, doubles, reorders and corrupts frames.</summary>
public sealed class FaultyWireTests
{
    private const int Pings = 200;

    [Theory]
    [InlineData(0.2, 0.0, 0.0, 0.0)]
    [InlineData(0.0, 0.3, 0.0, 0.0)]
    [InlineData(0.0, 0.0, 0.3, 0.0)]
    [InlineData(0.0, 0.0, 0.0, 0.3)]
    [InlineData(0.1, 0.1, 0.1, 0.1)]
    public async Task Echo_OverAFaultyWire_IsNeverAnsweredWithOtherDataAndTheGuestStaysAlive(
        double loss, double duplication, double reordering, double corruption)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(FaultyWireTests), new QemuOptions { Network = NetworkKind.Wire, FirmwareOptions = QemuOptions.AddressOptions });
        FaultyWire wire = new(guest.Port, seed, new FaultRates(loss, duplication, reordering, corruption));
        EthernetPeer peer = new(wire) { IsWireCorrupting = corruption > 0 };

        await PingUntilAnsweredAsync(peer, id: 3);
        int answered = await PingAllAsync(peer, new Random(seed));
        ShellResult ping = await guest.Shell.RunAsync("ping -c 20 -i 0.05 -W 2 10.77.0.1");

        Assert.True(answered >= Pings / 4, $"only {answered} of {Pings} were answered; {wire.Summary}");
        Assert.True(ping.Output.Contains("20 packets transmitted", StringComparison.Ordinal), $"{ping.Output}\n{wire.Summary}");
        Assert.DoesNotContain("wrong data", ping.Output, StringComparison.Ordinal);
        _ = (await guest.Shell.RunAsync("echo alive")).Succeeded();
        peer.AssertNoViolations();
    }

    /// <summary>Pings until one is answered: then the guest knows this host's address, and what was sent before is through.</summary>
    private static async Task PingUntilAnsweredAsync(EthernetPeer peer, ushort id)
    {
        IcmpV4Packet? reply = null;
        for (ushort i = 0; reply is null && i < 100; i++)
        {
            reply = await peer.PingAsync(id, i, [1, 2, 3], TimeSpan.FromSeconds(1));
        }

        Assert.NotNull(reply);
    }

    /// <summary>All requests at once, so that a lost one costs no waiting; the last, sent until it is answered, closes the count.</summary>
    private static async Task<int> PingAllAsync(EthernetPeer peer, Random random)
    {
        List<(byte[] Data, Task<IcmpV4Packet> Reply)> pings = [];
        for (ushort i = 0; i < Pings; i++)
        {
            byte[] data = new byte[random.Next(0, 1400)];
            random.NextBytes(data);
            pings.Add((data, await peer.StartPingAsync(id: 1, i, data)));
        }

        await PingUntilAnsweredAsync(peer, id: 2);
        int answered = 0;
        foreach ((byte[] data, Task<IcmpV4Packet> reply) in pings)
        {
            if (reply.IsCompletedSuccessfully)
            {
                IcmpV4Packet message = await reply;
                Assert.Equal(data, message.Data[..data.Length]);
                answered++;
            }
        }

        return answered;
    }
}
