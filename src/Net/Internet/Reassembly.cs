using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>What became of a fragment.</summary>
internal enum FragmentOutcome
{
    /// <summary>It is held now.</summary>
    Kept,

    /// <summary>The same bytes of the datagram are here already.</summary>
    Duplicate,

    /// <summary>It overlaps or contradicts another, or there are too many: the datagram cannot be trusted.</summary>
    Conflict,
}

/// <summary>One datagram that is being put together: its fragments, in order of offset. Reused for others.</summary>
/// <remarks>Used by <see cref="Reassembler"/> under the stack's gate.</remarks>
internal sealed class Reassembly
{
    /// <summary>
    /// Fragments of one datagram: the largest comes in 45 of Ethernet's size, or 119 of the 576 bytes that every link carries.
    /// </summary>
    internal const int MaximumFragments = Reassembler.MaximumFragments;

    private readonly Piece[] _pieces = new Piece[MaximumFragments];
    private int _count;
    private int _received;
    private int _total;
    private Ipv4Fields _key;

    /// <param name="expired">Called when the time for reassembly has run out.</param>
    public Reassembly(Action<Reassembly> expired) => Timer = new CallbackTimer(_ => expired(this));

    public StackTimer Timer { get; }

    public NetInterface? Interface { get; private set; }

    public bool IsToGroup { get; private set; }

    /// <summary>All bytes from 0 to the end of the last fragment are here.</summary>
    public bool IsWhole => _total > 0 && _received == _total;

    /// <summary>The frame of the fragment with offset 0, if it is here.</summary>
    public PacketBuffer? First => _count > 0 && _pieces[0].Offset == 0 ? _pieces[0].Frame : null;

    public void Begin(in Ipv4Datagram fragment)
    {
        _key = fragment.Header.Fields;
        Interface = fragment.Interface;
        IsToGroup = fragment.IsToGroup;
    }

    /// <summary>RFC 791 §3.2: fragments belong together by source, destination, protocol and identification.</summary>
    public bool Matches(in Ipv4Header header) => header.Identification == _key.Identification
        && header.Source == _key.Source && header.Destination == _key.Destination && header.Protocol == _key.Protocol;

    public FragmentOutcome Insert(in Ipv4Datagram fragment)
    {
        int offset = fragment.Header.FragmentOffset;
        int end = offset + fragment.Header.Payload.Length;
        int index = FindPlace(offset);
        if (index < _count && _pieces[index].Offset == offset && _pieces[index].End == end)
        {
            return FragmentOutcome.Duplicate;
        }

        bool overlaps = (index > 0 && _pieces[index - 1].End > offset) || (index < _count && _pieces[index].Offset < end);
        if (overlaps || !IsEndConsistent(end, fragment.Header.MoreFragments, index) || _count == MaximumFragments)
        {
            return FragmentOutcome.Conflict;
        }

        _pieces.AsSpan(index, _count - index).CopyTo(_pieces.AsSpan(index + 1));
        fragment.Frame!.AddReference();
        _pieces[index] = new Piece(fragment.Frame, offset, end, EthernetHeader.Size + fragment.Header.HeaderLength);
        _count++;
        _received += end - offset;
        return FragmentOutcome.Kept;
    }

    /// <summary>Writes the whole datagram under the header of its first fragment.</summary>
    /// <returns>Its length; 0 when header and payload together are too long.</returns>
    public int CopyTo(Span<byte> datagram)
    {
        int headerLength = _pieces[0].DataStart - EthernetHeader.Size;
        if (headerLength + _total > datagram.Length)
        {
            return 0;
        }

        for (int i = 0; i < _count; i++)
        {
            Piece piece = _pieces[i];
            piece.Frame.Data.Slice(piece.DataStart, piece.End - piece.Offset).CopyTo(datagram[(headerLength + piece.Offset)..]);
        }

        Span<byte> header = datagram[..headerLength];
        _pieces[0].Frame.Data.Slice(EthernetHeader.Size, headerLength).CopyTo(header);
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4Header.TotalLengthOffset..], (ushort)(headerLength + _total));
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4Header.FragmentOffsetOffset..], 0);
        Ipv4Header.WriteChecksum(header);
        return headerLength + _total;
    }

    /// <summary>Releases all fragments.</summary>
    /// <returns>How many there were.</returns>
    public int Clear()
    {
        int count = _count;
        for (int i = 0; i < count; i++)
        {
            _pieces[i].Frame.Release();
            _pieces[i] = default;
        }

        _count = 0;
        _received = 0;
        _total = 0;
        Interface = null;
        return count;
    }

    private int FindPlace(int offset)
    {
        int index = _count;
        while (index > 0 && _pieces[index - 1].Offset >= offset)
        {
            index--;
        }

        return index;
    }

    /// <summary>The last fragment fixes the length; nothing may lie behind it, and no second one may disagree.</summary>
    private bool IsEndConsistent(int end, bool isMoreToCome, int index)
    {
        if (isMoreToCome)
        {
            return _total == 0 || end <= _total;
        }

        if (_total != 0 || index < _count)
        {
            return false;
        }

        _total = end;
        return true;
    }

    private readonly record struct Piece(PacketBuffer Frame, int Offset, int End, int DataStart);
}
