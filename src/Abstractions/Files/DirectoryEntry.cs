using System.Buffers.Binary;

namespace KernelSockets;

/// <summary>One name in a directory. The reader of a directory owns one of these and has it filled again and again.</summary>
public sealed class DirectoryEntry
{
    /// <summary>Longest name, in bytes (NAME_MAX).</summary>
    public const int MaxNameLength = 255;

    private const int InodeOffset = 0;
    private const int PositionOffset = 8;
    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;
    private const int Alignment = 8;
    private const int TypeShift = 12;

    private readonly byte[] _name = new byte[MaxNameLength];
    private int _nameLength;

    /// <summary>The name, without a slash or a zero byte.</summary>
    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _nameLength);

    /// <summary>Number of the inode it leads to.</summary>
    public ulong InodeNumber { get; private set; }

    /// <summary>Type of that inode; <see cref="InodeMode.None"/> when the directory does not tell.</summary>
    public InodeMode Type { get; private set; }

    /// <summary>Bytes that <see cref="TryWrite"/> needs.</summary>
    public int RecordLength => (NameOffset + _nameLength + Alignment) & ~(Alignment - 1);

    /// <summary>Fills the entry.</summary>
    /// <param name="name">1 to <see cref="MaxNameLength"/> bytes.</param>
    /// <param name="inodeNumber">Number of the inode.</param>
    /// <param name="mode">Its mode, of which the type is kept.</param>
    public void Set(ReadOnlySpan<byte> name, ulong inodeNumber, InodeMode mode)
    {
        name.CopyTo(_name);
        _nameLength = name.Length;
        InodeNumber = inodeNumber;
        Type = mode.Type();
    }

    /// <summary>Writes Linux's <c>struct linux_dirent64</c>, zero-terminated and padded to 8 bytes.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="nextPosition">d_off: position of the entry after this one.</param>
    /// <returns>False when there is no room for it.</returns>
    public bool TryWrite(Span<byte> destination, long nextPosition)
    {
        if (destination.Length < RecordLength)
        {
            return false;
        }

        destination = destination[..RecordLength];
        destination.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(destination[InodeOffset..], InodeNumber);
        BinaryPrimitives.WriteInt64LittleEndian(destination[PositionOffset..], nextPosition);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[LengthOffset..], (ushort)RecordLength);
        destination[TypeOffset] = (byte)((ushort)Type >> TypeShift);
        Name.CopyTo(destination[NameOffset..]);
        return true;
    }
}
