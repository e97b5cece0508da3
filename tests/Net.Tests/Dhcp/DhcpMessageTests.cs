using System.Text;

namespace KernelSockets.Net.Tests;

/// <summary>The codec of DHCP (RFC 2131, 2132, 3396).</summary>
public sealed class DhcpMessageTests
{
    private const string Mac = "52:54:00:12:34:56";
    private const int FuzzRounds = 100_000;

    [Fact]
    public void Request_Discover_HasWhatServersWant()
    {
        byte[] buffer = new byte[DhcpFormat.MaximumSent];
        int length = new DhcpRequest
        {
            Type = DhcpMessageType.Discover,
            Transaction = 0x01020304,
            Hardware = Addresses.Mac(Mac),
            HostName = "ks",
            Seconds = 7,
        }.Emit(buffer);
        Assert.Equal(300, length);
        Assert.Equal([1, 1, 6, 0, 1, 2, 3, 4, 0, 7, 0x80, 0], buffer[..12]);
        Assert.Equal([0x63, 0x82, 0x53, 0x63, 53, 1, 1], buffer[236..243]);
        Assert.Equal([1, 0x52, 0x54, 0, 0x12, 0x34, 0x56], ServerMessage.Option(buffer, 61));
        Assert.Equal([1, 3, 6, 15, 28, 51, 54, 58, 59, 26], ServerMessage.Option(buffer, 55));
        Assert.Equal("ks", Encoding.ASCII.GetString(ServerMessage.Option(buffer, 12)));
        Assert.Equal([5, 220], ServerMessage.Option(buffer, 57));
        Assert.Empty(ServerMessage.Option(buffer, 50));
    }

    [Fact]
    public void Request_Release_TellsAddressAndServerAlone()
    {
        byte[] buffer = new byte[DhcpFormat.MaximumSent];
        _ = new DhcpRequest
        {
            Type = DhcpMessageType.Release,
            Transaction = 1,
            Hardware = Addresses.Mac(Mac),
            ClientAddress = Addresses.Ip("10.0.0.5"),
            Server = Addresses.Ip("10.0.0.1"),
        }.Emit(buffer);
        Assert.Equal([10, 0, 0, 5], buffer[12..16]);
        Assert.Equal(0, buffer[10]);
        Assert.Equal([10, 0, 0, 1], ServerMessage.Option(buffer, 54));
        Assert.Empty(ServerMessage.Option(buffer, 55));
        Assert.Empty(ServerMessage.Option(buffer, 50));
    }

    [Fact]
    public void Message_WithoutEnd_IsRead() => Assert.Equal(Addresses.Ip("1.2.3.4"), Parse(Reply().WithAddress(54, "1.2.3.4"), hasEnd: false).Server);

    [Fact]
    public void Message_OptionPastTheEnd_IsDroppedAlone()
    {
        DhcpMessage message = Parse(Reply().WithAddress(54, "1.2.3.4").Raw(3, 200, 1, 2), hasEnd: false);
        Assert.Equal(Addresses.Ip("1.2.3.4"), message.Server);
        Assert.Null(message.Find(DhcpOption.Router));
        Assert.Null(Parse(Reply().Raw(3), hasEnd: false).Find(DhcpOption.Router));
    }

    [Fact]
    public void Message_Overloaded_ReadsFileThenServerName()
    {
        ServerMessage reply = Reply().With(52, 3);
        new byte[] { 15, 2, (byte)'b', (byte)'.', 255 }.CopyTo(reply.File, 0);
        new byte[] { 15, 1, (byte)'c', 54, 4, 9, 9, 9, 9, 255 }.CopyTo(reply.ServerName, 0);
        DhcpMessage message = Parse(reply);
        Assert.Equal("b.c", message.Name(DhcpOption.DomainName));
        Assert.Equal(Addresses.Ip("9.9.9.9"), message.Server);
    }

    [Fact]
    public void Message_RepeatedOption_IsConcatenated()
    {
        DhcpMessage message = Parse(Reply().With(6, 1, 2, 3, 4, 5).With(6, 6, 7, 8, 9));
        Assert.Equal([Addresses.Ip("1.2.3.4"), Addresses.Ip("5.6.7.8")], message.Addresses(DhcpOption.DomainNameServer, 3));
    }

    [Theory]
    [InlineData(0, 1)] // a request
    [InlineData(1, 6)] // no Ethernet
    [InlineData(2, 8)]
    [InlineData(236, 0)] // no magic
    public void Message_OfAnotherKind_IsNone(int offset, byte value)
    {
        byte[] bytes = Reply().ToBytes();
        bytes[offset] = value;
        Assert.False(DhcpMessage.TryParse(bytes, out _));
        Assert.False(DhcpMessage.TryParse(bytes.AsSpan(0, 239), out _));
    }

    [Theory]
    [InlineData("test\n nameserver 6.6.6.6")]
    [InlineData("a b")]
    [InlineData("")]
    public void Name_ThatWouldBreakAFile_IsNone(string name) =>
        Assert.Equal("", Parse(Reply().With(15, Encoding.ASCII.GetBytes(name))).Name(DhcpOption.DomainName));

    [Fact]
    public void Name_WithNul_IsWithoutIt() =>
        Assert.Equal("ks.test", Parse(Reply().With(15, Encoding.ASCII.GetBytes("ks.test\0"))).Name(DhcpOption.DomainName));

    [Fact]
    public void Message_Random_NeverThrows()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[] sound = Reply().WithAddress(1, "255.255.255.0").WithAddress(3, "10.0.0.1").WithAddress(6, "10.0.0.1", "10.0.0.2").With(52, 3)
            .WithSeconds(51, 3600).WithAddress(54, "10.0.0.1").With(15, 1, 2, 3).ToBytes();
        try
        {
            for (int i = 0; i < FuzzRounds; i++)
            {
                byte[] bytes = [.. sound.AsSpan(0, random.Next(sound.Length + 1)), .. new byte[random.Next(40)]];
                for (int n = random.Next(8); n > 0 && bytes.Length > 0; n--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                Use(bytes);
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}", e);
        }
    }

    private static void Use(byte[] bytes)
    {
        if (DhcpMessage.TryParse(bytes, out DhcpMessage? message))
        {
            DhcpLease? lease = DhcpLease.From(message, Instant.Zero);
            Assert.True(lease is null || (lease.RenewalAfter <= lease.RebindingAfter && lease.RebindingAfter <= lease.Duration));
            _ = message.Name(DhcpOption.DomainName);
            _ = message.Addresses(DhcpOption.Router, 3);
        }
    }

    private static ServerMessage Reply() => new(5, 1, Mac, "10.0.0.5");

    private static DhcpMessage Parse(ServerMessage reply, bool hasEnd = true)
    {
        reply.HasEnd = hasEnd;
        Assert.True(DhcpMessage.TryParse(reply.ToBytes(), out DhcpMessage? message));
        return message;
    }
}
