using FsCheck.Xunit;

namespace KernelSockets.Net.Tests.Wire;

/// <summary>The DNS codec: what it writes it reads, and it survives anything.</summary>
public sealed class DnsTests
{
    private const int Header = DnsMessage.HeaderSize;

    [Theory]
    [InlineData("peer.test.", "0470656572047465737400")]
    [InlineData("peer.test", "0470656572047465737400")]
    [InlineData(".", "00")]
    [InlineData(@"a\.b.c.", "03612E62016300")]
    [InlineData(@"\000\255x.", "0300FF7800")]
    public void Name_Written_HasItsLabels(string name, string expected)
    {
        byte[] bytes = new byte[DnsName.MaximumSize];
        Assert.True(DnsName.TryWrite(name, bytes, out int size));
        Assert.Equal(expected, Convert.ToHexString(bytes, 0, size));
        int offset = 0;
        Assert.True(DnsName.TryRead(bytes.AsSpan(0, size), ref offset, out string read));
        Assert.Equal(name.EndsWith('.') ? name : name + ".", read);
        Assert.Equal(size, offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("ä.test")]
    [InlineData(@"a\")]
    [InlineData(@"a\25")]
    [InlineData(@"a\256.")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123.test")]
    public void Name_ThatIsNone_IsRefused(string name) => Assert.False(DnsName.TryWrite(name, new byte[DnsName.MaximumSize], out _));

    [Fact]
    public void Name_OfTheLongestSize_Fits_OneMoreDoesNot()
    {
        string label = new string('a', 62) + ".";
        string longest = string.Concat(Enumerable.Repeat(label, 4))[..^1]; // 4 labels of 63 bytes, and the end: 253
        Assert.True(DnsName.TryWrite(longest + "a", new byte[512], out int size));
        Assert.Equal(254, size);
        Assert.True(DnsName.TryWrite(longest[1..] + ".a", new byte[512], out size));
        Assert.Equal(254, size);
        Assert.False(DnsName.TryWrite(longest + ".aa", new byte[512], out _));
    }

    [Theory]
    [InlineData("C000")] // itself
    [InlineData("0161C000")] // the label before: round and round
    [InlineData("C002C000")] // forwards
    [InlineData("0161")] // no end
    [InlineData("05616263")] // a label that leaves the message
    [InlineData("8061")] // reserved bits
    [InlineData("C0")] // half a pointer
    [InlineData("")]
    public void Name_Malformed_IsRefused(string bytes)
    {
        int offset = 0;
        Assert.False(DnsName.TryRead(Convert.FromHexString(bytes), ref offset, out _));
    }

    [Fact]
    public void Name_WithPointer_EndsBehindIt()
    {
        byte[] bytes = Convert.FromHexString("047465737400" + "0470656572C000" + "FF");
        int offset = 6;
        Assert.True(DnsName.TryRead(bytes, ref offset, out string name));
        Assert.Equal("peer.test.", name);
        Assert.Equal(13, offset);
    }

    [Property]
    public void Query_Written_IsReadAgain(ushort identification, ushort type, ushort @class, bool recursion)
    {
        DnsQuestion question = new("www.example.test.", (DnsRecordType)type, @class);
        byte[] bytes = new byte[DnsMessage.MaximumOverUdp];
        Assert.True(DnsMessage.TryWriteQuery(identification, question, recursion, bytes, out int size));
        Assert.True(DnsMessage.TryParse(bytes.AsSpan(0, size), out DnsMessage? message));
        Assert.Equal((identification, recursion, false), (message.Identification, message.IsRecursionDesired, message.IsResponse));
        Assert.Equal([question], message.Questions);
        Assert.Empty(message.Answers);
    }

    [Fact]
    public void AnyPrefix_OfAMessage_IsRefused()
    {
        byte[] message = Answer();
        for (int length = 0; length < message.Length; length++)
        {
            Assert.False(DnsMessage.TryParse(message.AsSpan(0, length), out _));
        }

        Assert.True(DnsMessage.TryParse(message, out DnsMessage? whole));
        Assert.Equal("10.77.0.1", Assert.Single(whole.Answers).Data.Format(DnsRecordType.A));
    }

    [Property(MaxTest = 2000)]
    public void AnyBytes_AreSurvived(byte[] noise, byte[] offsets)
    {
        byte[] message = [.. Answer(), .. noise];
        for (int i = 0; i + 1 < offsets.Length; i += 2)
        {
            message[offsets[i] % message.Length] = offsets[i + 1];
        }

        if (DnsMessage.TryParse(message, out DnsMessage? parsed))
        {
            foreach (DnsRecord record in (IEnumerable<DnsRecord>)[.. parsed.Answers, .. parsed.Authorities, .. parsed.Additionals])
            {
                Assert.NotEmpty(record.Data.Format(record.Type));
                Assert.All(Enum.GetValues<DnsRecordType>(), type => Assert.NotEmpty(record.Data.Format(type)));
            }
        }
    }

    [Fact]
    public void NameOfAnAddress_IsTurnedAround() => Assert.Equal("2.0.77.10.in-addr.arpa.", DnsName.OfAddress(Addresses.Ip("10.77.0.2")));

    private static byte[] Answer()
    {
        byte[] bytes = new byte[DnsMessage.MaximumOverUdp];
        Assert.True(DnsMessage.TryWriteQuery(7, new DnsQuestion("peer.test.", DnsRecordType.A, 1), true, bytes, out int size));
        bytes[2] |= 0x80;
        bytes[7] = 1;
        byte[] record = [0xC0, Header, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 77, 0, 1];
        return [.. bytes[..size], .. record];
    }
}
