using System.Text;
using KernelSockets.QemuHarness.Wire;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Tests.Survival;

/// <summary>
/// What a host has to survive: after each attack ping, a new connection and the shell still answer, and memory, packet buffers, sockets and tasks
/// are back where they were within a minute.
/// </summary>
public abstract class SurvivalTests(SurvivingGuest shared) : SharedGuestTests<SurvivingGuest>(shared)
{
    private protected const ushort EchoPort = 7;
    private protected const ushort DiscardPort = 9;
    private protected const ushort ChargenPort = 19;
    private protected const ushort HttpPort = 80;
    private const ushort ClosedPort = 81;

    /// <summary>How long something may stay after an attack.</summary>
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(60);

    private static readonly byte[] s_data = [.. Enumerable.Range(0, 56).Select(i => (byte)i)];

    private protected TcpStation Station => Shared.Station;

    private protected EthernetPeer Peer => Station.Peer;

    /// <summary>What the guest holds before an attack.</summary>
    private protected async Task<MachineFigures> PrepareAsync()
    {
        await AssertServesAsync("before");
        DrainOthers();
        return await MachineFigures.MeasureAsync(Shell);
    }

    /// <summary>Everything works, and everything is back.</summary>
    /// <param name="before">What the guest held before.</param>
    /// <param name="after">What has happened.</param>
    /// <param name="kept">Bytes that it may keep to use them again.</param>
    private protected async Task AssertUnharmedAsync(MachineFigures before, string after, long kept = 0)
    {
        await AssertServesAsync(after);
        MachineFigures now = before;
        try
        {
            await Eventually.TrueAsync(async () => (now = await MachineFigures.MeasureAsync(Shell)).IsBackAt(before, kept), "everything is back", s_recovery);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"after {after}\nbefore: {before}\nnow:    {now}\n{(await Shell.RunAsync("netstat -tan")).Output}");
        }

        Peer.AssertNoViolations();
    }

    /// <summary>Ping, a new connection and the shell answer.</summary>
    private protected async Task AssertServesAsync(string after)
    {
        ushort sequence = 0;
        await Eventually.TrueAsync(
            async () => await Peer.PingAsync(0xA11E, ++sequence, s_data, Limits.Answer) is not null, $"the guest answers after {after}", Limits.Command);
        WireConnection echo = await Station.OpenAsync(EchoPort);
        Assert.Equal(s_data, await echo.EchoAsync(s_data));
        await echo.CloseAsync();
        Assert.Equal("alive", (await Shell.RunAsync("echo alive")).Succeeded().Output.Trim());
    }

    /// <summary>The web server answers a new connection.</summary>
    private protected async Task AssertServesPagesAsync()
    {
        WireConnection page = await Station.OpenAsync(HttpPort);
        byte[] answer = await page.EchoAsync("GET /hosts HTTP/1.1\r\nHost: guest\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
        await page.ResetAsync();
    }

    /// <summary>What the guest has sent since that belongs to no connection.</summary>
    private protected async Task<List<EthernetPacket>> TakeOthersAsync()
    {
        // The guest answers in order, and what it sends to the station's connections passes by where the others are kept.
        WireConnection none = Station.Make(ClosedPort);
        _ = await none.AskAsync(none.Segment(SegmentFlags.Syn), static segment => segment.Reset);
        Station.Forget(none);
        return DrainOthers();
    }

    private protected List<EthernetPacket> DrainOthers()
    {
        List<EthernetPacket> frames = [];
        while (Station.Others.TryRead(out EthernetPacket? frame))
        {
            if (frame.Extract<ArpPacket>() is not { } arp || !arp.SenderProtocolAddress.Equals(arp.TargetProtocolAddress)) // announcements answer nothing
            {
                frames.Add(frame);
            }
        }

        return frames;
    }
}
