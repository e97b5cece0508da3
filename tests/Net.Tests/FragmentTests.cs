using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>Fragments in both directions: RFC 791 §3.2, RFC 1122 §3.3.2, RFC 6864.</summary>
public sealed class FragmentTests
{
    private const int PieceSize = 1480;

    private static readonly byte[] s_echo = Frames.Echo(3, 4, Frames.Pattern(3000));

    private static byte[] Piece(byte[] payload, int offset, int size, ushort identification = 77, bool? isMore = null) => Frames.Datagram(
        Tester.ToNode with
        {
            Identification = identification,
            FragmentOffset = offset,
            MoreFragments = isMore ?? offset + size < payload.Length,
        },
        payload.AsSpan(offset, size));

    private static List<byte[]> Split(byte[] payload, int size = PieceSize, ushort identification = 77)
    {
        List<byte[]> pieces = [];
        for (int offset = 0; offset < payload.Length; offset += size)
        {
            pieces.Add(Piece(payload, offset, Math.Min(size, payload.Length - offset), identification));
        }

        return pieces;
    }

    private static byte[][] SendAll(Tester tester, IEnumerable<byte[]> datagrams)
    {
        foreach (byte[] datagram in datagrams)
        {
            tester.SendDatagram(datagram);
        }

        tester.Settle();
        return tester.Probe.Take();
    }

    /// <summary>Puts the pieces of one answer together with nothing of the stack's code but header views.</summary>
    private static byte[] Join(byte[][] frames)
    {
        SortedDictionary<int, byte[]> pieces = [];
        foreach (byte[] frame in frames)
        {
            IPv4Packet packet = Frames.JudgeIpv4(frame);
            pieces.Add(packet.FragmentOffset * 8, frame[34..(14 + packet.TotalLength)]);
        }

        int next = 0;
        foreach ((int offset, byte[] piece) in pieces)
        {
            Assert.Equal(next, offset);
            next += piece.Length;
        }

        return [.. pieces.Values.SelectMany(piece => piece)];
    }

    private static void AssertOneReply(Tester tester, byte[][] frames)
    {
        Assert.Equal(3, frames.Length);
        byte[] message = Join(frames);
        Assert.True(IcmpHeader.TryParse(message, out IcmpHeader reply) && reply.IsChecksumValid);
        Assert.Equal(IcmpFields.Echo(IcmpType.EchoReply, 3, 4), reply.Fields);
        Assert.Equal(Frames.Pattern(3000), reply.Data.ToArray());
        tester.AssertAlive();
    }

    [Fact]
    public void Item14_ThreeThousandBytes_InOrder_OneReply()
    {
        Tester tester = new();
        AssertOneReply(tester, SendAll(tester, Split(s_echo)));
    }

    [Fact]
    public void Item14_ThreeThousandBytes_Reversed_OneReply()
    {
        Tester tester = new();
        AssertOneReply(tester, SendAll(tester, Enumerable.Reverse(Split(s_echo))));
    }

    [Fact]
    public void Item14_ThreeThousandBytes_Duplicated_OneReply()
    {
        Tester tester = new();
        List<byte[]> pieces = Split(s_echo);
        AssertOneReply(tester, SendAll(tester, [pieces[2], pieces[2], pieces[0], pieces[0], pieces[1]]));
        Assert.Equal(1, tester.Ipv4.ReasmOKs);
        Assert.Equal(5, tester.Ipv4.ReasmReqds);
        Assert.Equal(0, tester.Node.Stack.Ipv4.Reassembler.Count);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(-8)]
    [InlineData(-1480)]
    public void Item15_OverlappingFragments_WholeDatagramDropped(int shift)
    {
        Tester tester = new();
        byte[] overlap = Piece(s_echo, PieceSize + shift, 1000, isMore: true);
        List<byte[]> pieces = Split(s_echo);
        Assert.Empty(SendAll(tester, [pieces[0], pieces[1], overlap]));
        Assert.Equal(0, tester.Node.Stack.Ipv4.Reassembler.Count);
        Assert.Equal(1, tester.Ipv4.ReasmFails);
        tester.AssertAlive();
    }

    [Theory]
    [InlineData(0, 0, 1472)]
    [InlineData(0, 1472, 8)]
    [InlineData(1, 0, 1488)]
    [InlineData(1, 1472, 16)]
    public void Item15_OverlapWithOneNeighbourOnly_WholeDatagramDropped(int piece, int offset, int size)
    {
        Tester tester = new();
        Assert.Empty(SendAll(tester, [Split(s_echo)[piece], Piece(s_echo, offset, size, isMore: true)]));
        Assert.Equal(0, tester.Node.Stack.Ipv4.Reassembler.Count);
        Assert.Equal(1, tester.Ipv4.ReasmFails);
        tester.AssertAlive();
    }

    [Fact]
    public void RecordRouteInTheFirstFragment_IsInTheFirstOfTheReply()
    {
        Tester tester = new();
        Ipv4Fields first = Tester.ToNode with { Identification = 77, MoreFragments = true };
        byte[][] frames = SendAll(
            tester,
            [
                Frames.Datagram(first, s_echo.AsSpan(0, 1400), [7, 7, 4, 0, 0, 0, 0, 0]),
                Piece(s_echo, 1400, 1400),
                Piece(s_echo, 2800, s_echo.Length - 2800),
            ]);
        Assert.Equal([7, 5, 5], frames.Select(frame => Frames.JudgeIpv4(frame).HeaderLength));
        Assert.Equal([7, 7, 8, 10, 0, 0, 2, 0], frames[0][34..42]);
        byte[] message = [.. frames[0][42..1514], .. frames[1][34..1514], .. frames[2][34..(14 + Frames.JudgeIpv4(frames[2]).TotalLength)]];
        Assert.Equal(s_echo[8..], message[8..]);
        tester.AssertAlive();
    }

    [Fact]
    public void Item16_OffsetEndBeyond65535_Dropped()
    {
        Tester tester = new();
        byte[] death = Frames.Datagram(
            Tester.ToNode with { FragmentOffset = 65_528, MoreFragments = false }, Frames.Pattern(100));
        Assert.Empty(SendAll(tester, [.. Split(s_echo, identification: Tester.ToNode.Identification).Take(1), death]));
        Assert.Equal(1, tester.Ipv4.ReasmFails);
        Assert.Equal((0, 0), (tester.Node.Stack.Ipv4.Reassembler.Count, tester.Node.Stack.Ipv4.Reassembler.Fragments)); // nothing waits for the rest
        tester.AssertAlive();
    }

    [Fact]
    public void Item17_FirstFragmentOnly_FreedWithTimeExceeded()
    {
        Tester tester = new();
        Assert.Empty(SendAll(tester, Split(s_echo).Take(1)));
        Assert.Equal(1, tester.Node.Stack.Ipv4.Reassembler.Fragments);
        tester.Settle(TimeSpan.FromSeconds(29));
        Assert.Empty(tester.Probe.Take());
        tester.Settle(TimeSpan.FromSeconds(60 - 29));
        IcmpV4Packet error = Frames.JudgeIcmp(Assert.Single(tester.Probe.Take()));
        Assert.Equal(0x0B01, (int)error.TypeCode);
        Assert.Equal(0, tester.Node.Stack.Ipv4.Reassembler.Fragments);
        tester.AssertAlive();
    }

    [Fact]
    public void Item17_WithoutFirstFragment_FreedInSilence()
    {
        Tester tester = new();
        Assert.Empty(SendAll(tester, Split(s_echo).Skip(1)));
        tester.Settle(TimeSpan.FromSeconds(120));
        Assert.Empty(tester.Probe.Take());
        Assert.Equal(1, tester.Ipv4.ReasmFails);
        tester.AssertAlive();
    }

    [Fact]
    public void Item17_HundredThousandFirstFragments_MemoryBoundedAndAlive()
    {
        Tester tester = new();
        byte[] first = Split(s_echo)[0];
        for (int i = 0; i < 100_000; i++)
        {
            Ipv4Fields fields = Tester.ToNode with
            {
                Identification = (ushort)i,
                Source = new Ipv4Address(0x0A00_0010 + ((uint)i >> 16)),
                MoreFragments = true,
            };
            tester.SendDatagram(Frames.Datagram(fields, first.AsSpan(20, 64)));
            if (i % 100 == 0)
            {
                tester.Settle(TimeSpan.FromMilliseconds(1));
                Assert.InRange(tester.Node.Pool.Total - tester.Node.Pool.Free, 0, Reassembler.MaximumFragments);
            }
        }

        tester.Settle();
        Assert.Equal(Reassembler.MaximumDatagrams, tester.Node.Stack.Ipv4.Reassembler.Count);
        AssertOneReply(tester, SendAll(tester, Split(s_echo)));
        tester.Settle(TimeSpan.FromSeconds(120));
        Assert.Equal(0, tester.Node.Stack.Ipv4.Reassembler.Fragments);
        tester.Probe.Take();
        tester.AssertAlive();
    }

    [Fact]
    public void ManyFragmentsOfOneDatagram_AreBounded()
    {
        Tester tester = new(poolSize: 64);
        byte[] payload = Frames.Echo(3, 4, Frames.Pattern(8 * 400));
        SendAll(tester, Split(payload, 8).Skip(1));
        Assert.InRange(tester.Node.Stack.Ipv4.Reassembler.Fragments, 0, 64 / 4);
        tester.AssertAlive();
    }

    [Fact]
    public void LastFragmentsDisagree_Dropped()
    {
        Tester tester = new();
        Assert.Empty(SendAll(tester, [Piece(s_echo, 1480, 1480, isMore: false), Piece(s_echo, 2960, 48)]));
        Assert.Equal(1, tester.Ipv4.ReasmFails);
        Assert.Equal(0, tester.Node.Stack.Ipv4.Reassembler.Count);
    }

    [Theory]
    [InlineData(1479)]
    [InlineData(1)]
    [InlineData(0)]
    public void FragmentNotInUnitsOfEight_Dropped(int size)
    {
        Tester tester = new();
        Assert.Empty(SendAll(tester, [Piece(s_echo, 0, size, isMore: true)]));
        Assert.Equal(1, tester.Ipv4.ReasmFails);
        Assert.Equal(0, tester.Node.Stack.Ipv4.Reassembler.Count);
    }

    [Fact]
    public void InterleavedDatagrams_BothAnswered()
    {
        Tester tester = new();
        List<byte[]> one = Split(s_echo, identification: 1);
        List<byte[]> two = Split(s_echo, identification: 2);
        Assert.Equal(6, SendAll(tester, one.Zip(two).SelectMany(pair => new[] { pair.First, pair.Second })).Length);
        Assert.Equal(2, tester.Ipv4.ReasmOKs);
        tester.AssertAlive();
    }

    [Fact]
    public void LargestDatagram_IsReassembledAndAnswered()
    {
        Tester tester = new();
        byte[] data = Frames.Pattern(65_535 - 20 - 8);
        byte[] message = Join(SendAll(tester, Split(Frames.Echo(3, 4, data))));
        Assert.Equal(data, message[8..]);
        tester.AssertAlive();
    }

    [Fact]
    public void Item24_DatagramsWithoutDf_HaveUniqueIds()
    {
        Tester tester = new();
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        HashSet<int> seen = [];
        for (int i = 0; i < 65_536; i++)
        {
            Assert.Equal(Errno.Success, session.Send((ushort)i, [], 64));
            if (i % 128 == 127)
            {
                tester.Settle(TimeSpan.FromMilliseconds(1));
                foreach (byte[] frame in tester.Probe.Take())
                {
                    Assert.True(Ipv4Header.TryParse(frame.AsSpan(EthernetHeader.Size), out Ipv4Header header));
                    Assert.False(header.DontFragment);
                    Assert.True(seen.Add(header.Identification), $"identification {header.Identification} came twice");
                }
            }
        }

        Assert.Equal(65_536, seen.Count);
    }

    [Fact]
    public void Item25_AboveTheMtu_FragmentedAndAnswerPutTogether()
    {
        Tester tester = new();
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        byte[] data = Frames.Pattern(5000);
        Assert.Equal(Errno.Success, session.Send(1, data, 64));
        tester.Settle();
        byte[][] frames = tester.Probe.Take();
        Assert.Equal(4, frames.Length);
        Assert.All(frames, frame => Assert.InRange(frame.Length, 60, 1514));
        Assert.Equal(data, Join(frames)[8..]);
        Assert.Equal(4, tester.Ipv4.OutFragCreates);
    }

    [Fact]
    public void Item25_AboveTheMtuWithDf_Emsgsize()
    {
        Tester tester = new();
        Ipv4Transmission transmission = new()
        {
            Destination = Tester.Self4,
            Protocol = Ipv4Protocol.Icmp,
            DontFragment = true,
        };
        lock (tester.Node.Stack.Gate)
        {
            Assert.Equal(Errno.EMSGSIZE, tester.Node.Stack.Ipv4.Output.Send(transmission, [], new byte[1481]));
            Assert.Equal(Errno.Success, tester.Node.Stack.Ipv4.Output.Send(transmission, [], new byte[1480]));
        }

        tester.Settle();
        Assert.Single(tester.Probe.Take());
        Assert.Equal(1, tester.Ipv4.OutFragFails);
    }

    [Fact]
    public void AboveSixtyFourKib_Emsgsize()
    {
        Tester tester = new();
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        Assert.Equal(Errno.EMSGSIZE, session.Send(1, new byte[65_508], 64));
        Assert.Equal(Errno.Success, session.Send(1, new byte[65_507], 64));
    }

    [Theory]
    [InlineData(68)]
    [InlineData(69)]
    [InlineData(576)]
    public void SmallMtu_PiecesFit(int mtu)
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetMtu("eth0", mtu));
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        byte[] data = Frames.Pattern(1000);
        session.Send(1, data, 64);
        tester.Settle();
        byte[][] frames = tester.Probe.Take();
        Assert.All(frames, frame => Assert.InRange(Frames.JudgeIpv4(frame).TotalLength, 21, mtu));
        Assert.Equal(data, Join(frames)[8..]);
    }
}
