using System.Buffers.Binary;

namespace KernelSockets.Vfs.Tests.Support;

/// <summary>Linux x86-64's <c>struct epoll_event</c>, 12 bytes: events, then a number of the caller's.</summary>
internal static class EpollEvent
{
    public const int Size = 12;

    /// <summary>EPOLL_CTL_ADD.</summary>
    public const int Add = 1;

    private const uint EdgeTriggered = 1U << 31;
    private const uint Wanted = (uint)(PollEvents.In | PollEvents.Out | PollEvents.ReadHangUp);

    /// <summary>Edge-triggered, for reading and writing.</summary>
    public static byte[] Write(ulong tag)
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Wanted | EdgeTriggered);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(sizeof(uint)), tag);
        return bytes;
    }

    /// <summary>What was told, by number.</summary>
    public static List<(ulong Tag, PollEvents Events)> Read(ReadOnlySpan<byte> bytes)
    {
        List<(ulong Tag, PollEvents Events)> events = [];
        for (; !bytes.IsEmpty; bytes = bytes[Size..])
        {
            events.Add((BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(uint)..]), (PollEvents)BinaryPrimitives.ReadUInt32LittleEndian(bytes)));
        }

        events.Sort();
        return events;
    }
}
