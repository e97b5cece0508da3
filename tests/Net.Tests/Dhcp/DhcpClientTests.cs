namespace KernelSockets.Net.Tests;

/// <summary>The DHCP client over a simulated clock (RFC 2131 §4.4).</summary>
public sealed class DhcpClientTests
{
    private const int Offer = 2;
    private const int Ack = 5;
    private const int Nak = 6;

    private readonly DhcpBench _bench = new();

    private DhcpClient Client => _bench.Client;

    [Fact]
    public void Start_WithServer_GetsAnAddress()
    {
        Client.Start(_bench.Now);
        byte[] discover = _bench.Expect(DhcpMessageType.Discover);
        _bench.Give(_bench.Answer(discover, Offer));
        byte[] request = _bench.Expect(DhcpMessageType.Request);
        Assert.Equal(ServerMessage.TransactionOf(discover), ServerMessage.TransactionOf(request));
        Assert.Equal(ServerMessage.Bytes(DhcpBench.Given), ServerMessage.Option(request, 50));
        Assert.Equal(ServerMessage.Bytes(DhcpBench.Server), ServerMessage.Option(request, 54));
        Assert.Equal(new byte[4], request[12..16]);
        _bench.Give(_bench.Answer(request, Ack));
        Assert.Equal(1, _bench.Probes);
        Assert.Empty(_bench.Events);
        Client.CompleteProbe(isFree: true, _bench.Now);
        Assert.Equal(["apply 10.0.0.5/24"], _bench.Events);
        Assert.True(Client.IsBound);
        Assert.Equal(TimeSpan.FromSeconds(1800), Client.Lease!.RenewalAfter);
        Assert.Equal(TimeSpan.FromSeconds(3150), Client.Lease.RebindingAfter);
    }

    [Fact]
    public void Start_Twice_HasOtherTransactions()
    {
        Client.Start(_bench.Now);
        Client.Start(_bench.Now);
        Assert.NotEqual(
            ServerMessage.TransactionOf(_bench.Expect(DhcpMessageType.Discover)), ServerMessage.TransactionOf(_bench.Expect(DhcpMessageType.Discover)));
    }

    [Fact]
    public void Selecting_WithoutServer_BacksOff()
    {
        Client.Start(_bench.Now);
        _bench.Wait(300);
        List<double> times = [.. _bench.Wire.Select(sent => sent.At.Nanoseconds / 1e9)];
        double[] wanted = [4, 8, 16, 32, 64, 64];
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.InRange(times[i + 1] - times[i], wanted[i] - 1, wanted[i] + 1);
        }

        Assert.All(_bench.Wire, sent => Assert.Equal(DhcpMessageType.Discover, sent.Type));
    }

    [Fact]
    public void Requesting_WithoutAnswer_StartsOverAfterAMinute()
    {
        Client.Start(_bench.Now);
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Discover), Offer));
        _bench.Wait(64.5);
        for (int i = 0; i < DhcpClient.RequestLimit; i++)
        {
            _bench.Expect(DhcpMessageType.Request);
        }

        _bench.Expect(DhcpMessageType.Discover);
    }

    [Fact]
    public void Answers_ThatAreNotForUs_AreIgnored()
    {
        Client.Start(_bench.Now);
        byte[] discover = _bench.Expect(DhcpMessageType.Discover);
        ServerMessage wrong = _bench.Answer(discover, Offer);
        wrong.Transaction++;
        _bench.Give(wrong);
        wrong = _bench.Answer(discover, Offer);
        wrong.Mac = "52:54:00:00:00:01";
        _bench.Give(wrong);
        _bench.Give(_bench.Answer(discover, Ack)); // nothing asked for
        _bench.Give(_bench.Answer(discover, Nak));
        _bench.Give(_bench.Answer(discover, Offer, address: "224.0.0.1"));
        _bench.Give(_bench.Answer(discover, Offer, server: "0.0.0.0"));
        Assert.Equal(DhcpState.Selecting, Client.State);
        Assert.Empty(_bench.Wire);

        _bench.Give(_bench.Answer(discover, Offer));
        byte[] request = _bench.Expect(DhcpMessageType.Request);
        _bench.Give(_bench.Answer(request, Ack, server: "10.0.0.9"));
        _bench.Give(_bench.Answer(request, Nak, server: "10.0.0.9"));
        Assert.Equal(DhcpState.Requesting, Client.State);
        Assert.Equal(8, Client.Ignored);
    }

    [Fact]
    public void Nak_WhileRequesting_StartsOver()
    {
        Client.Start(_bench.Now);
        byte[] discover = _bench.Expect(DhcpMessageType.Discover);
        _bench.Give(_bench.Answer(discover, Offer));
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Request), Nak));
        _bench.Wait(2);
        Assert.NotEqual(ServerMessage.TransactionOf(discover), ServerMessage.TransactionOf(_bench.Expect(DhcpMessageType.Discover)));
        Assert.Empty(_bench.Events);
    }

    [Fact]
    public void Renewal_AtT1_IsUnicastAndExtends()
    {
        _bench.Bind();
        _bench.Wait(1799);
        Assert.Empty(_bench.Wire);
        _bench.Wait(1.5);
        byte[] request = _bench.Expect(DhcpMessageType.Request, DhcpBench.Server);
        Assert.Equal(ServerMessage.Bytes(DhcpBench.Given), request[12..16]);
        Assert.Empty(ServerMessage.Option(request, 50));
        Assert.Empty(ServerMessage.Option(request, 54));
        Assert.Equal(0, request[10]);
        _bench.Give(_bench.Answer(request, Ack));
        Assert.Equal(["apply 10.0.0.5/24"], _bench.Events);
        Assert.Equal(1, _bench.Probes);
        _bench.Wait(1799);
        Assert.Empty(_bench.Wire);
    }

    [Fact]
    public void Rebinding_AtT2_IsBroadcastAndAnyServerMayAnswer()
    {
        _bench.Bind();
        _bench.Wait(3149);
        Assert.All(_bench.Wire, sent => Assert.Equal(Addresses.Ip(DhcpBench.Server), sent.To));
        Assert.InRange(_bench.Wire.Count, 3, 10);
        _bench.Wire.Clear();
        _bench.Wait(2);
        byte[] request = _bench.Expect(DhcpMessageType.Request);
        Assert.Equal(DhcpState.Rebinding, Client.State);
        _bench.Give(_bench.Answer(request, Ack, server: "10.0.0.9"));
        Assert.Equal(DhcpState.Bound, Client.State);
        Assert.Equal(Addresses.Ip("10.0.0.9"), Client.Lease!.Server);
    }

    [Fact]
    public void Renewing_AnotherServersAnswer_IsIgnored()
    {
        _bench.Bind();
        _bench.Wait(1801);
        byte[] request = _bench.Expect(DhcpMessageType.Request, DhcpBench.Server);
        _bench.Give(_bench.Answer(request, Nak, server: "10.0.0.9"));
        Assert.Equal(DhcpState.Renewing, Client.State);
    }

    [Fact]
    public void Expiry_DropsTheAddressAndStartsOver()
    {
        _bench.Bind();
        _bench.Wait(3599);
        Assert.Empty(_bench.Events);
        _bench.Wire.Clear();
        _bench.Wait(1.5);
        Assert.Equal(["withdraw Expired"], _bench.Events);
        Assert.Null(Client.Lease);
        _bench.Expect(DhcpMessageType.Discover);
    }

    [Fact]
    public void Nak_WhileRenewing_DropsTheAddress()
    {
        _bench.Bind();
        _bench.Wait(1801);
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Request, DhcpBench.Server), Nak));
        Assert.Equal(["withdraw Refused"], _bench.Events);
        _bench.Wait(2);
        _bench.Expect(DhcpMessageType.Discover);
    }

    [Fact]
    public void Conflict_IsDeclinedAndWaitsTenSeconds()
    {
        Client.Start(_bench.Now);
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Discover), Offer));
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Request), Ack));
        Client.CompleteProbe(isFree: false, _bench.Now);
        byte[] decline = _bench.Expect(DhcpMessageType.Decline);
        Assert.Equal(ServerMessage.Bytes(DhcpBench.Given), ServerMessage.Option(decline, 50));
        Assert.Equal(ServerMessage.Bytes(DhcpBench.Server), ServerMessage.Option(decline, 54));
        Assert.Equal(["conflict 10.0.0.5"], _bench.Events);
        _bench.Wait(9.9);
        Assert.Empty(_bench.Wire);
        _bench.Wait(0.2);
        _bench.Expect(DhcpMessageType.Discover);
    }

    [Fact]
    public void Conflict_TenTimesInARow_WaitsAMinute()
    {
        Client.Start(_bench.Now);
        for (int i = 1; i <= DhcpClient.ConflictLimit; i++)
        {
            _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Discover), Offer));
            _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Request), Ack));
            Client.CompleteProbe(isFree: false, _bench.Now);
            _bench.Expect(DhcpMessageType.Decline);
            _bench.Wait(i < DhcpClient.ConflictLimit ? 10 : 59.9);
        }

        Assert.Empty(_bench.Wire);
        _bench.Wait(0.2);
        _bench.Expect(DhcpMessageType.Discover);
    }

    [Fact]
    public void Address_ThatTheInterfaceCannotHave_IsDeclined()
    {
        _bench.IsUsable = false;
        Client.Start(_bench.Now);
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Discover), Offer));
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Request), Ack));
        Client.CompleteProbe(isFree: true, _bench.Now);
        _bench.Expect(DhcpMessageType.Decline);
        Assert.Null(Client.Lease);
    }

    [Fact]
    public void Release_TellsTheServerAndStops()
    {
        _bench.Bind();
        Client.Release(_bench.Now);
        byte[] release = _bench.Expect(DhcpMessageType.Release, DhcpBench.Server);
        Assert.Equal(ServerMessage.Bytes(DhcpBench.Given), release[12..16]);
        Assert.Empty(_bench.Events);
        _bench.Wait(10_000);
        Assert.Equal(["withdraw Released"], _bench.Events);
        Assert.Empty(_bench.Wire);
        Client.OnLinkUp(_bench.Now);
        Assert.Equal(DhcpState.Stopped, Client.State);
    }

    [Fact]
    public void LinkUp_WithALease_AsksForTheSameAddress()
    {
        _bench.Bind();
        Client.OnLinkUp(_bench.Now);
        byte[] request = _bench.Expect(DhcpMessageType.Request);
        Assert.Equal(ServerMessage.Bytes(DhcpBench.Given), ServerMessage.Option(request, 50));
        Assert.Empty(ServerMessage.Option(request, 54));
        Assert.Equal(new byte[4], request[12..16]);
        Assert.False(Client.IsBound);
        _bench.Give(_bench.Answer(request, Ack));
        Assert.True(Client.IsBound);
    }

    [Fact]
    public void LinkUp_OnAnotherNetwork_DropsTheAddress()
    {
        _bench.Bind();
        Client.OnLinkUp(_bench.Now);
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Request), Nak, server: "192.168.0.1"));
        Assert.Equal(["withdraw Refused"], _bench.Events);
    }

    [Fact]
    public void LinkUp_WithoutAnswer_GoesOnWithTheLease()
    {
        _bench.Bind();
        Client.OnLinkUp(_bench.Now);
        _bench.Wait(20);
        Assert.Equal(DhcpState.Bound, Client.State);
        Assert.Empty(_bench.Events);
        _bench.Wait(4000);
        Assert.Equal(["withdraw Expired"], _bench.Events);
    }

    [Fact]
    public void Lease_ForEver_IsNeverRenewed()
    {
        Client.Start(_bench.Now);
        _bench.Give(_bench.Answer(_bench.Expect(DhcpMessageType.Discover), Offer));
        byte[] request = _bench.Expect(DhcpMessageType.Request);
        ServerMessage ack = new ServerMessage(Ack, ServerMessage.TransactionOf(request), DhcpBench.Mac, DhcpBench.Given)
            .WithAddress(54, DhcpBench.Server).WithSeconds(51, uint.MaxValue);
        _bench.Give(ack);
        Client.CompleteProbe(isFree: true, _bench.Now);
        Assert.Equal(Instant.Never, Client.Deadline);
        Assert.Equal(8, Client.Lease!.PrefixLength); // no mask: the class's
    }

    [Fact]
    public void RandomAnswers_NeverStallNorSpin()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        DhcpBench bench = new(seed);
        bench.Client.Start(bench.Now);
        try
        {
            for (int i = 0; i < 20_000; i++)
            {
                Play(bench, random);
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}", e);
        }
    }

    private static void Play(DhcpBench bench, Random random)
    {
        byte[]? last = null;
        while (bench.Wire.TryDequeue(out (Ipv4Address To, DhcpMessageType Type, byte[] Bytes, Instant At) sent))
        {
            last = sent.Bytes;
        }

        switch (random.Next(8))
        {
            case 0:
                bench.Client.OnLinkUp(bench.Now);
                break;
            case 1:
                bench.Client.CompleteProbe(random.Next(4) > 0, bench.Now);
                break;
            case 2:
                bench.Wait(random.Next(2000));
                break;
            case 3 when random.Next(20) == 0:
                bench.Client.Release(bench.Now);
                bench.Client.Start(bench.Now);
                break;
            default:
                if (last is not null)
                {
                    byte[] answer = bench.Answer(last, random.Next(4) == 0 ? Nak : random.Next(2) == 0 ? Offer : Ack).ToBytes();
                    answer[random.Next(240, answer.Length)] ^= (byte)(random.Next(3) == 0 ? random.Next(256) : 0);
                    bench.Client.Receive(answer, bench.Now);
                }

                break;
        }

        bench.Wait(0.001);
        bool shallWork = bench.Client.State != DhcpState.Stopped && bench.Client.Lease is not { Duration: { Ticks: long.MaxValue } };
        Assert.True(!shallWork || bench.Client.Deadline != Instant.Never);
    }
}
