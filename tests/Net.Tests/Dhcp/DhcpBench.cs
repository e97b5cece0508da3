using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests;

/// <summary>A DHCP client with a clock that the test moves and a wire that the test reads.</summary>
internal sealed class DhcpBench : IDhcpPort
{
    public const string Mac = "52:54:00:12:34:56";
    public const string Server = "10.0.0.1";
    public const string Given = "10.0.0.5";

    public DhcpBench(int seed = 1) => Client = new DhcpClient(this, new SeededEntropy(seed), Addresses.Mac(Mac), "ks");

    public DhcpClient Client { get; }

    public Instant Now { get; private set; }

    /// <summary>Messages not looked at yet.</summary>
    public Queue<(Ipv4Address To, DhcpMessageType Type, byte[] Bytes, Instant At)> Wire { get; } = new();

    public List<string> Events { get; } = [];

    public bool IsUsable { get; set; } = true;

    public int Probes { get; private set; }

    public void Send(Ipv4Address destination, DhcpMessageType type, ReadOnlySpan<byte> message, TimeSpan retryAfter) =>
        Wire.Enqueue((destination, type, message.ToArray(), Now));

    public void StartProbe(Ipv4Address address) => Probes++;

    public void CancelProbe()
    {
    }

    public bool Apply(DhcpLease lease)
    {
        Events.Add($"apply {lease.Address}/{lease.PrefixLength}");
        return IsUsable;
    }

    public void Withdraw(DhcpLease lease, DhcpLoss reason) => Events.Add($"withdraw {reason}");

    public void ReportConflict(Ipv4Address address) => Events.Add($"conflict {address}");

    /// <summary>Moves the clock, doing what comes due on the way.</summary>
    public void Wait(double seconds)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (Client.Deadline <= end)
        {
            Now = Client.Deadline > Now ? Client.Deadline : Now;
            Client.Advance(Now);
            Assert.True(Client.Deadline > Now);
        }

        Now = end;
    }

    /// <summary>The next message, which is of this type.</summary>
    public byte[] Expect(DhcpMessageType type, string to = "255.255.255.255")
    {
        (Ipv4Address destination, DhcpMessageType sent, byte[] bytes, _) = Wire.Dequeue();
        Assert.Equal(type, sent);
        Assert.Equal((byte)type, ServerMessage.Option(bytes, 53)[0]);
        Assert.Equal(Addresses.Ip(to), destination);
        return bytes;
    }

    public ServerMessage Answer(byte[] message, int type, string address = Given, string server = Server)
    {
        ServerMessage answer = new ServerMessage(type, ServerMessage.TransactionOf(message), Mac, type == 6 ? "0.0.0.0" : address).WithAddress(54, server);
        return type == 6 ? answer : answer.WithSeconds(51, 3600).WithAddress(1, "255.255.255.0").WithAddress(3, server).WithAddress(6, server);
    }

    public void Give(ServerMessage message) => Client.Receive(message.ToBytes(), Now);

    /// <summary>All the way to a lease.</summary>
    public void Bind()
    {
        Client.Start(Now);
        Give(Answer(Expect(DhcpMessageType.Discover), 2));
        Give(Answer(Expect(DhcpMessageType.Request), 5));
        Client.CompleteProbe(isFree: true, Now);
        Assert.Equal(DhcpState.Bound, Client.State);
        Assert.Empty(Wire);
        Events.Clear();
    }
}
