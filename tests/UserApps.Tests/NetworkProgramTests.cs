using System.Net;
using System.Net.Sockets;
using KernelSockets.UserApps.Network;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>The network programs on the desktop: their calls are Linux's, so Linux's loopback interface serves.</summary>
public sealed class NetworkProgramTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly FakeSystem _system = new();

    [Fact]
    public void Netstat_ListsSocketsWithTheirQueues()
    {
        _system.NetworkControl.OpenSockets.Add(new SocketInformation("udp", "0.0.0.0:7", "0.0.0.0:*", "", 18, 0, 3, 1, 5));
        _system.NetworkControl.OpenSockets.Add(new SocketInformation("raw", "0.0.0.0:1", "0.0.0.0:*", "", 0, 0, 0, 1, 6));
        const string Header = "Proto Recv-Q Send-Q  Drops Local Address           Foreign Address         State\n";
        const string Udp = "udp       18      0      3 0.0.0.0:7               0.0.0.0:*\n";
        const string Raw = "raw        0      0      0 0.0.0.0:1               0.0.0.0:*\n";
        Assert.Equal(Header + Raw + Udp, _system.Run("netstat -an"));
        Assert.Equal(Header + Udp, _system.Run("netstat -u"));
        Assert.Equal(Header + Raw, _system.Run("netstat -w"));
    }

    [Theory]
    [InlineData("netstat -q", 2)]
    [InlineData("netstat x", 2)]
    [InlineData("inetd x", 2)]
    [InlineData("rawdemo x", 2)]
    [InlineData("nc", 2)]
    [InlineData("nc -u 10.0.0.1", 2)]
    [InlineData("nc -u 10.0.0.1 70000", 2)]
    [InlineData("nc -u -l", 2)]
    [InlineData("nc 10.0.0.1 7", 1)]
    public void Misuse_IsToldByStatus(string line, int status)
    {
        Assert.NotEmpty(_system.Run(line));
        Assert.Equal(status, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(18)]
    [InlineData(1472)]
    [InlineData(60_000)]
    public void MessageBuffer_SendsBackWhatCame_FromTheAddressAsked(int size)
    {
        using Socket server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Any, 0));
        int fd = (int)server.Handle;
        Assert.True(Libc.TryTurnOn(fd, Libc.Ip, Libc.PacketInformation));
        IPEndPoint asked = new(IPAddress.Parse("127.0.0.9"), ((IPEndPoint)server.LocalEndPoint!).Port);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)s_limit.TotalMilliseconds };
        client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] data = new byte[size];
        new Random(size).NextBytes(data);
        client.SendTo(data, asked);
        MessageBuffer message = new(65_535);
        Assert.Equal(size, message.Receive(fd));
        Assert.Equal(data, message.Data[..size].ToArray());
        Assert.Equal(size, message.Send(fd, size));
        byte[] answer = new byte[65_535];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(size, client.ReceiveFrom(answer, ref from));
        Assert.Equal(asked, from);
        Assert.Equal(data, answer[..size]);
    }

    [Fact]
    public void UdpService_PortInUse_SaysSo()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Any, 0));
        ushort port = (ushort)((IPEndPoint)taken.LocalEndPoint!).Port;
        Assert.Equal("Address already in use", UdpService.TryStart("test", port, isEcho: true, out _));
    }
}
