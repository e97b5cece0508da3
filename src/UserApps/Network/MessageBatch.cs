using System.Buffers.Binary;

namespace KernelSockets.UserApps.Network;

/// <summary>
/// An array of struct mmsghdr with a buffer, a name and control data each, in pinned memory: as many messages as there are come with one
/// system call, and go back with another.
/// </summary>
/// <remarks>
/// <code>
/// struct mmsghdr   0 msghdr | 56 bytes moved     64 bytes
/// </code>
/// Nothing is allocated after construction.
/// </remarks>
internal sealed class MessageBatch
{
    private const int ManyHeaderSize = 64;
    private const int MovedOffset = MessageHeader.Size;

    private readonly int _size;
    private readonly byte[] _headers;
    private readonly byte[] _vectors;
    private readonly byte[] _data;
    private readonly byte[] _names;
    private readonly byte[] _controls;
    private int _used;

    /// <param name="count">Messages at most.</param>
    /// <param name="size">Bytes of each at most.</param>
    public MessageBatch(int count, int size)
    {
        _size = size;
        _headers = GC.AllocateArray<byte>(count * ManyHeaderSize, pinned: true);
        _vectors = GC.AllocateArray<byte>(count * MessageHeader.VectorSize, pinned: true);
        _data = GC.AllocateUninitializedArray<byte>(count * size, pinned: true);
        _names = GC.AllocateArray<byte>(count * MessageHeader.NameSize, pinned: true);
        _controls = GC.AllocateArray<byte>(count * MessageHeader.ControlSize, pinned: true);
        for (int i = 0; i < count; i++)
        {
            Header(i).Initialize(
                Libc.AddressOf(_names, i * MessageHeader.NameSize),
                Libc.AddressOf(_vectors, i * MessageHeader.VectorSize),
                Libc.AddressOf(_controls, i * MessageHeader.ControlSize),
                Libc.AddressOf(_data, i * size));
        }

        _used = count;
    }

    private int Capacity => _headers.Length / ManyHeaderSize;

    /// <summary>Waits for a message and takes all that are there.</summary>
    /// <returns>How many; -1 on failure.</returns>
    public int Receive(int fd)
    {
        for (int i = 0; i < _used; i++)
        {
            Header(i).Expect(_size);
        }

        int received = Libc.ReceiveMessages(fd, Libc.AddressOf(_headers, 0), (uint)Capacity, Libc.WaitForOne, 0);
        _used = Math.Max(received, 0);
        return received;
    }

    /// <summary>
    /// Sends the messages just received to where they came from, with their control data: through the same interface, from the address asked. One
    /// that cannot be sent, for want of a route or a buffer, is left out.
    /// </summary>
    public void SendBack(int fd)
    {
        for (int i = 0; i < _used; i++)
        {
            Header(i).SetLength(BinaryPrimitives.ReadInt32LittleEndian(_headers.AsSpan((i * ManyHeaderSize) + MovedOffset)));
        }

        int next = 0;
        while (next < _used)
        {
            int sent = Libc.SendMessages(fd, Libc.AddressOf(_headers, next * ManyHeaderSize), (uint)(_used - next), 0);
            next += Math.Max(sent, 1);
        }
    }

    private MessageHeader Header(int index) => new(
        _headers.AsSpan(index * ManyHeaderSize, MessageHeader.Size), _vectors.AsSpan(index * MessageHeader.VectorSize, MessageHeader.VectorSize));
}
