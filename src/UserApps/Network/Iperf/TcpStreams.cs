using System.Diagnostics;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>Sends blocks over TCP.</summary>
internal sealed class TcpSender(int id, Socket socket, IperfParameters parameters, IperfGoal goal) : IperfStream(id, socket, parameters, goal, isSender: true)
{
    /// <inheritdoc/>
    protected override void Run()
    {
        byte[] block = new byte[Parameters.Length];
        new Random(Id).NextBytes(block);
        long start = Stopwatch.GetTimestamp();
        long sent = 0;
        while (!IsEnded)
        {
            int count = Socket.Send(block);
            sent += count;
            Count(count);
            Pace(sent, Stopwatch.GetElapsedTime(start));
        }
    }

    /// <inheritdoc/>
    protected override IperfCounts ReadFigures()
    {
        (long retransmissions, long window) = TcpFigures.Read(Socket);
        return new IperfCounts { Retransmissions = retransmissions, Window = window };
    }
}

/// <summary>Receives what comes over TCP.</summary>
internal sealed class TcpReceiver(int id, Socket socket, IperfParameters parameters, IperfGoal goal) : IperfStream(id, socket, parameters, goal, isSender: false)
{
    /// <inheritdoc/>
    protected override void Run()
    {
        byte[] block = new byte[Parameters.Length];
        for (int count = -1; count != 0;)
        {
            count = Socket.Receive(block);
            Count(count);
        }
    }

    /// <inheritdoc/>
    protected override IperfCounts ReadFigures() => new() { Retransmissions = -1 };
}
