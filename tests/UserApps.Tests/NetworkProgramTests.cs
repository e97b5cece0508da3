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

    [Theory]
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
    public void MessageBatch_SendsAllBack_FromTheAddressesAsked()
    {
        using Socket server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Any, 0));
        int fd = (int)server.Handle;
        Assert.True(Libc.TryTurnOn(fd, Libc.Ip, Libc.PacketInformation));
        int port = ((IPEndPoint)server.LocalEndPoint!).Port;
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)s_limit.TotalMilliseconds };
        client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        MessageBatch batch = new(16, 3000);
        const int Count = 40;
        int received = 0;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < Count; i++)
            {
                client.SendTo(new byte[i * 70], new IPEndPoint(IPAddress.Parse($"127.0.0.{i % 5 + 1}"), port));
            }

            while (received < Count * (round + 1))
            {
                int taken = batch.Receive(fd);
                Assert.InRange(taken, 1, 16);
                received += taken;
                batch.SendBack(fd);
            }

            byte[] answer = new byte[4000];
            for (int i = 0; i < Count; i++)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                Assert.Equal(i * 70, client.ReceiveFrom(answer, ref from));
                Assert.Equal(new IPEndPoint(IPAddress.Parse($"127.0.0.{i % 5 + 1}"), port), from);
            }
        }
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
