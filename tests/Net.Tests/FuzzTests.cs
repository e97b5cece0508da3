namespace KernelSockets.Net.Tests;

/// <summary>Mutations of sound frames: whatever comes, nothing throws, nothing leaks, and the host still answers.</summary>
public sealed class FuzzTests
{
    private const int FrameCount = 30_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(null)] // another one each time, named on failure
    public void MutatedFrameCountNoExceptionNoLeakAndAlive(int? fixedSeed)
    {
        int seed = fixedSeed ?? Environment.TickCount;
        Random random = new(seed);
        Tester tester = new(isKnown: false);
        using IEchoSession session = tester.Node.OpenEcho(Tester.SelfIp);
        byte[][] seeds = SoundFrames();
        try
        {
            for (int i = 0; i < FrameCount; i++)
            {
                Inject(tester, Mutate(random, seeds[random.Next(seeds.Length)]));
                if (i % 64 == 0)
                {
                    session.Send((ushort)i, Frames.Pattern(random.Next(2000)), 64);
                    tester.Settle(TimeSpan.FromMilliseconds(random.Next(1000)));
                    tester.Probe.Take();
                }
            }

            tester.Settle(TimeSpan.FromSeconds(300));
            tester.Probe.Take();
            Assert.Equal(tester.Node.Pool.Total, tester.Node.Pool.Free);
            Assert.Equal(Tester.Node4, tester.Node.Interface.Address);
            Assert.Equal(Errno.Success, tester.Node.Control.AddNeighbour(Tester.Self4, Tester.SelfMac));
            tester.AssertAlive();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}", e);
        }
    }

    /// <summary>Past the wire: devices deliver frames of any length.</summary>
    private static void Inject(Tester tester, byte[] frame)
    {
        PacketBuffer? buffer = tester.Node.Pool.TryTake();
        Assert.NotNull(buffer);
        buffer.SetReceived(0, frame.Length);
        frame.CopyTo(buffer.Data);
        tester.Node.Interface.Receive(buffer);
    }

    private static byte[] Mutate(Random random, byte[] sound)
    {
        byte[] frame = [.. sound];
        int mutations = random.Next(4);
        for (int i = 0; i < mutations; i++)
        {
            int place = random.Next(frame.Length < 60 || random.Next(4) == 0 ? frame.Length : 60);
            switch (random.Next(4))
            {
                case 0:
                    frame[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    frame[place] = (byte)random.Next(256);
                    break;
                case 2:
                    frame[place] = random.Next(2) == 0 ? byte.MinValue : byte.MaxValue;
                    break;
                default:
                    Array.Resize(ref frame, Math.Max(1, random.Next(3) == 0 ? random.Next(1, 1600) : frame.Length - random.Next(1, 20)));
                    break;
            }
        }

        return Mend(random, frame);
    }

    /// <summary>Mostly makes the checksums right again, so that the mutation gets past the first gate.</summary>
    private static byte[] Mend(Random random, byte[] frame)
    {
        const int Ip = EthernetHeader.Size;
        if (random.Next(5) == 0 || frame.Length < Ip + Ipv4Header.MinimumSize || !Frames.IsIpv4(frame))
        {
            return frame;
        }

        Frames.WithHeaderChecksum(frame[Ip..]).CopyTo(frame, Ip);
        if (Ipv4Header.TryParse(frame.AsSpan(Ip), out Ipv4Header header)
            && header.Protocol == Ipv4Protocol.Icmp && !header.IsFragment && IcmpHeader.TryParse(header.Payload, out IcmpHeader message))
        {
            message.Fields.Emit(frame.AsSpan(Ip + header.HeaderLength, header.Payload.Length));
        }

        return frame;
    }

    private static byte[][] SoundFrames()
    {
        byte[] echo = Frames.Echo(1, 2, Frames.Pattern(80));
        byte[] large = Frames.Echo(1, 2, Frames.Pattern(2000));
        ArpFields request = new(ArpOperation.Request, Tester.SelfMac, Tester.Self4, MacAddress.Any, Tester.Node4);
        ArpFields reply = new(ArpOperation.Reply, Tester.SelfMac, Tester.Self4, Tester.NodeMac, Tester.Node4);
        byte[] quoted = Frames.Datagram(
            Tester.ToNode with { Source = Tester.Node4, Destination = Tester.Self4 }, Frames.Echo(1, 64, Frames.Pattern(10)));
        byte[] error = Frames.Icmp(new IcmpFields(IcmpType.DestinationUnreachable, 1, 0), quoted);
        byte[][] datagrams =
        [
            Frames.Datagram(Tester.ToNode, echo),
            Frames.Datagram(Tester.ToNode, Frames.Echo(1, 2, Frames.Pattern(80), IcmpType.EchoReply)),
            Frames.Datagram(Tester.ToNode, echo, [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            Frames.Datagram(Tester.ToNode, echo, [68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
            Frames.Datagram(Tester.ToNode, echo, [131, 7, 4, 10, 0, 0, 3, 0]),
            Frames.Datagram(Tester.ToNode, error),
            Frames.Datagram(Tester.ToNode with { Protocol = (Ipv4Protocol)99 }, echo),
            Frames.Datagram(Tester.ToNode with { MoreFragments = true }, large.AsSpan(0, 1000)),
            Frames.Datagram(Tester.ToNode with { FragmentOffset = 1000 }, large.AsSpan(1000)),
        ];
        return
        [
            Frames.Ethernet(MacAddress.Broadcast, Tester.SelfMac, EtherType.Arp, Frames.Arp(request)),
            Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Arp, Frames.Arp(reply)),
            .. datagrams.Select(datagram => Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, datagram)),
        ];
    }
}
