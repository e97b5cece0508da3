using System.Net;
using System.Net.Sockets;

namespace KernelSockets.Kernel.Tasks;

/// <summary>
/// Starts the class library's socket engine: the epoll instance and the thread that serve the asynchronous sockets of all programs. The library makes
/// them at the first use and keeps them for ever; made by a job their descriptors would end with it, so the kernel makes them in its own name.
/// </summary>
internal static class SocketEngine
{
    /// <summary>Starts it, by a receive that is given up at once. Called once, outside of any job, when sockets work.</summary>
    public static void Start()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task<int> receiving = socket.ReceiveAsync(new byte[1], SocketFlags.None);
        socket.Dispose();
        receiving.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
