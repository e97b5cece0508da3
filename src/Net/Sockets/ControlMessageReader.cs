using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>Reads the control data that sendmsg was given, in Linux's layout (cmsg(3)); see <see cref="ControlMessageWriter"/>.</summary>
internal ref struct ControlMessageReader
{
    private const int HeaderSize = 16;
    private const int LevelOffset = 8;
    private const int TypeOffset = 12;
    private const int Alignment = 8;

    private ReadOnlySpan<byte> _rest;

    /// <param name="control">All of them.</param>
    public ControlMessageReader(ReadOnlySpan<byte> control)
    {
        this = default;
        _rest = control;
    }

    /// <summary>Level of the message read last.</summary>
    public int Level { get; private set; }

    /// <summary>Type of the message read last.</summary>
    public int Type { get; private set; }

    /// <summary>Data of the message read last.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Goes to the next message.</summary>
    /// <param name="error"><see cref="Errno.EINVAL"/> for a length that is too small or points outside (CMSG_OK).</param>
    /// <returns>False at the end, or on an error.</returns>
    public bool TryRead(out Errno error)
    {
        error = Errno.Success;
        if (_rest.Length < HeaderSize)
        {
            return false;
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(_rest);
        if (length < HeaderSize || length > _rest.Length)
        {
            error = Errno.EINVAL;
            return false;
        }

        Level = BinaryPrimitives.ReadInt32LittleEndian(_rest[LevelOffset..]);
        Type = BinaryPrimitives.ReadInt32LittleEndian(_rest[TypeOffset..]);
        Data = _rest[HeaderSize..(int)length];
        int padded = ((int)length + Alignment - 1) / Alignment * Alignment;
        _rest = _rest[Math.Min(padded, _rest.Length)..];
        return true;
    }
}
