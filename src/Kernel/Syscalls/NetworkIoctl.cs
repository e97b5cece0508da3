using System.Buffers.Binary;
using System.Text;
using KernelSockets.Vfs.Sockets;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The ioctl requests on sockets whose structure points to further memory: SIOCGIFCONF, SIOCADDRT, SIOCDELRT.</summary>
internal static class NetworkIoctl
{
    /// <summary>Where struct ifconf has its pointer.</summary>
    private const int ListPointerOffset = 8;

    /// <summary>Serves a request if it is one of these.</summary>
    public static bool TryServe(INetworkControl? network, uint request, Span<byte> data, out Errno error)
    {
        error = Errno.Success;
        if (network is null || request is not (InterfaceRequests.ListRequest or RouteRequest.Add or RouteRequest.Delete))
        {
            return false;
        }

        error = request == InterfaceRequests.ListRequest ? List(network, data) : ChangeRoute(network, request, data);
        return true;
    }

    private static Errno List(INetworkControl network, Span<byte> data)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(data);
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(data[ListPointerOffset..]);
        if (length < 0)
        {
            return Errno.EINVAL;
        }

        // A null pointer asks how much room there should be.
        Span<byte> buffer = [];
        int written = 0;
        if (address != 0 && !UserMemory.TryWrite(address, (ulong)length, out buffer))
        {
            return Errno.EFAULT;
        }

        if (address == 0 || length >= InterfaceRequests.RequestSize)
        {
            written = InterfaceRequests.List(network, buffer);
        }

        BinaryPrimitives.WriteInt32LittleEndian(data, written);
        return Errno.Success;
    }

    private static Errno ChangeRoute(INetworkControl network, uint request, ReadOnlySpan<byte> entry)
    {
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(entry[RouteRequest.InterfaceOffset..]);
        string? name = null;
        if (address != 0)
        {
            Errno error = UserMemory.TryReadPath(address, out ReadOnlySpan<byte> text);
            if (error != Errno.Success)
            {
                return Errno.EFAULT;
            }

            name = Encoding.Latin1.GetString(text);
        }

        return RouteRequest.Serve(network, request, entry, name);
    }
}
