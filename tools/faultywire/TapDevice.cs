using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace KernelSockets.FaultyWire;

/// <summary>A TAP device of this process's network namespace. It is gone when the process is.</summary>
internal sealed class TapDevice
{
    private const int RequestSize = 40; // struct ifreq
    private const int FlagsOffset = 16;

    /// <exception cref="Win32Exception">It cannot be made; the message says why.</exception>
    public TapDevice(string name)
    {
        Descriptor = Check(Libc.Open("/dev/net/tun", Libc.ReadWriteNonBlocking), "/dev/net/tun");
        byte[] request = new byte[RequestSize];
        Encoding.ASCII.GetBytes(name).CopyTo(request, 0);
        BitConverter.TryWriteBytes(request.AsSpan(FlagsOffset), Libc.TapWithoutHeader);
        _ = Check(Libc.Control(Descriptor, Libc.TunSetInterface, request), name);
    }

    /// <summary>Its descriptor, for poll.</summary>
    public int Descriptor { get; }

    /// <summary>Takes a frame.</summary>
    /// <returns>Its size; 0 when none is there.</returns>
    public int Read(Span<byte> buffer)
    {
        nint size = Libc.Read(Descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
        if (size < 0 && Marshal.GetLastPInvokeError() is not (Libc.TryAgain or Libc.Interrupted))
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        return (int)Math.Max(size, 0);
    }

    /// <summary>Sends a frame.</summary>
    /// <returns>False when the kernel does not take it (the device is down, or out of memory): as lost on the wire.</returns>
    public bool TryWrite(ReadOnlySpan<byte> frame) =>
        Libc.Write(Descriptor, in MemoryMarshal.GetReference(frame), (nuint)frame.Length) == frame.Length;

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
}
