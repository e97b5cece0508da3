using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace KernelSockets.Wire;

/// <summary>The options of a TCP segment: RFC 9293 §3.2 (MSS), RFC 7323 (window scale, timestamps), RFC 2018 (SACK).</summary>
/// <remarks>
/// <code>
///    kind 0 | end of list          kind 3, length 3  | window scale: shift count
///    kind 1 | no operation         kind 4, length 2  | SACK permitted
///    kind 2, length 4 | MSS        kind 5, length 8n+2 | SACK: n pairs of left and right edge
///                                  kind 8, length 10 | timestamps: TSval, TSecr
/// </code>
/// </remarks>
public struct TcpOptions
{
    /// <summary>SACK blocks that an option list has room for (RFC 2018 §3).</summary>
    public const int MaximumSackBlocks = 4;

    /// <summary>Bytes of options a header can hold.</summary>
    public const int MaximumSize = 40;

    /// <summary>Bytes of timestamps, padded to four (RFC 7323 appendix A).</summary>
    public const int PaddedTimestampsSize = 12;

    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const byte MaximumSegmentSizeKind = 2;
    private const byte WindowScaleKind = 3;
    private const byte SackPermittedKind = 4;
    private const byte SackKind = 5;
    private const byte TimestampsKind = 8;

    private const int HeadSize = 2;
    private const int MaximumSegmentSizeSize = 4;
    private const int WindowScaleSize = 3;
    private const int SackPermittedSize = 2;
    private const int SackBlockSize = 8;
    private const int TimestampsSize = 10;
    private const int WordSize = 4;

    private SackBlocks _sack;

    /// <summary>MSS: the most data the sender of the option takes in a segment; null without the option.</summary>
    public ushort? MaximumSegmentSize { get; set; }

    /// <summary>Window scale: the shift count as it is on the wire; null without the option.</summary>
    public byte? WindowScale { get; set; }

    /// <summary>SACK permitted.</summary>
    public bool IsSackPermitted { get; set; }

    /// <summary>True with timestamps.</summary>
    public bool HasTimestamps { get; set; }

    /// <summary>TSval.</summary>
    public uint TimestampValue { get; set; }

    /// <summary>TSecr.</summary>
    public uint TimestampEcho { get; set; }

    /// <summary>SACK blocks, as they came: edges may be anything.</summary>
    public int SackCount { get; private set; }

    /// <summary>Bytes that <see cref="Emit"/> writes.</summary>
    public readonly int Size
    {
        get
        {
            int size = (MaximumSegmentSize is null ? 0 : MaximumSegmentSizeSize) + (WindowScale is null ? 0 : WordSize);
            size += HasTimestamps ? PaddedTimestampsSize : 0;
            size += IsSackPermitted && !HasTimestamps ? WordSize : 0; // else in place of the timestamps' padding
            return size + (SackCount == 0 ? 0 : WordSize + (SackCount * SackBlockSize));
        }
    }

    /// <summary>SACK blocks that fit beside the timestamps, if there are any.</summary>
    public readonly int SackRoom => (MaximumSize - Size - WordSize) / SackBlockSize;

    /// <summary>Reads options. Unknown ones are skipped; at the first that is malformed the rest is ignored, as Linux does (RFC 9293 MUST-7).</summary>
    public static TcpOptions Parse(ReadOnlySpan<byte> bytes)
    {
        TcpOptions options = default;
        while (!bytes.IsEmpty && bytes[0] != EndOfList)
        {
            if (bytes[0] == NoOperation)
            {
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < HeadSize || bytes[1] < HeadSize || bytes[1] > bytes.Length)
            {
                break;
            }

            options.Read(bytes[0], bytes[HeadSize..bytes[1]]);
            bytes = bytes[bytes[1]..];
        }

        return options;
    }

    /// <summary>One of the SACK blocks.</summary>
    public readonly SackBlock Sack(int index) => _sack[index];

    /// <summary>Adds a SACK block, if there is room.</summary>
    public void AddSack(SackBlock block)
    {
        if (SackCount < MaximumSackBlocks)
        {
            _sack[SackCount++] = block;
        }
    }

    /// <summary>Writes the options, each aligned as most stacks do (RFC 7323 appendix A).</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes.</param>
    public readonly void Emit(Span<byte> bytes)
    {
        if (MaximumSegmentSize is { } maximumSegmentSize)
        {
            bytes[0] = MaximumSegmentSizeKind;
            bytes[1] = MaximumSegmentSizeSize;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[HeadSize..], maximumSegmentSize);
            bytes = bytes[MaximumSegmentSizeSize..];
        }

        bytes = EmitSackPermittedAndTimestamps(bytes);
        if (WindowScale is { } scale)
        {
            bytes[0] = NoOperation;
            bytes[1] = WindowScaleKind;
            bytes[2] = WindowScaleSize;
            bytes[3] = scale;
            bytes = bytes[WordSize..];
        }

        if (SackCount > 0)
        {
            bytes[0] = bytes[1] = NoOperation;
            bytes[2] = SackKind;
            bytes[3] = (byte)(HeadSize + (SackCount * SackBlockSize));
            for (int i = 0; i < SackCount; i++)
            {
                Span<byte> block = bytes[(WordSize + (i * SackBlockSize))..];
                BinaryPrimitives.WriteUInt32BigEndian(block, _sack[i].Left.Value);
                BinaryPrimitives.WriteUInt32BigEndian(block[sizeof(uint)..], _sack[i].Right.Value);
            }
        }
    }

    private readonly Span<byte> EmitSackPermittedAndTimestamps(Span<byte> bytes)
    {
        if (!IsSackPermitted && !HasTimestamps)
        {
            return bytes;
        }

        bytes[0] = IsSackPermitted ? SackPermittedKind : NoOperation;
        bytes[1] = IsSackPermitted ? (byte)SackPermittedSize : NoOperation;
        if (!HasTimestamps)
        {
            bytes[2] = bytes[3] = NoOperation;
            return bytes[WordSize..];
        }

        bytes[2] = TimestampsKind;
        bytes[3] = TimestampsSize;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[WordSize..], TimestampValue);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(WordSize + sizeof(uint))..], TimestampEcho);
        return bytes[PaddedTimestampsSize..];
    }

    /// <summary>Takes over one option; one with a length that its kind does not have is ignored.</summary>
    private void Read(byte kind, ReadOnlySpan<byte> data)
    {
        switch (kind)
        {
            case MaximumSegmentSizeKind when data.Length == MaximumSegmentSizeSize - HeadSize:
                MaximumSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(data);
                break;
            case WindowScaleKind when data.Length == WindowScaleSize - HeadSize:
                WindowScale = data[0];
                break;
            case SackPermittedKind when data.IsEmpty:
                IsSackPermitted = true;
                break;
            case SackKind when data.Length % SackBlockSize == 0:
                for (; !data.IsEmpty; data = data[SackBlockSize..])
                {
                    AddSack(new SackBlock(
                        new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(data)), new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(data[sizeof(uint)..]))));
                }

                break;
            case TimestampsKind when data.Length == TimestampsSize - HeadSize:
                HasTimestamps = true;
                TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(data);
                TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(data[sizeof(uint)..]);
                break;
            default:
                break;
        }
    }

    [InlineArray(MaximumSackBlocks)]
    private struct SackBlocks
    {
        private SackBlock _first;
    }
}

/// <summary>A range of data that has been received (RFC 2018 §3).</summary>
/// <param name="Left">Its first byte.</param>
/// <param name="Right">The byte behind its last.</param>
public readonly record struct SackBlock(SequenceNumber Left, SequenceNumber Right);
