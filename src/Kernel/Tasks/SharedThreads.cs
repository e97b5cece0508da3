using System.Net;
using System.Net.Sockets;

namespace KernelSockets.Kernel.Tasks;

/// <summary>
/// Starts what the class library makes at the first use, shares between all programs and keeps for ever: the epoll instance and the thread of asynchronous sockets,
/// and the thread of timers. Descriptors that a job made would end with it; and Ctrl-C in the middle of the start of the timers' thread leaves that without
/// its list, which ends the machine.
/// </summary>
internal static class SharedThreads
{
    /// <summary>Starts them. Called once, outside of any job, when sockets work.</summary>
    public static void Start()
    {
        StartSockets();
        StartTimers();
    }

    /// <summary>By a receive that is given up at once.</summary>
    private static void StartSockets()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task<int> receiving = socket.ReceiveAsync(new byte[1], SocketFlags.None);
        socket.Dispose();
        receiving.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static void StartTimers()
    {
        using Timer timer = new(static _ => { }, null, TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
    }
}
