using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace KernelSockets.Wire;

/// <summary>A DNS message, taken apart (RFC 1035 §4.1). Immutable; what it was read from is copied.</summary>
/// <remarks>
/// <code>
///    0    2       4           6         8           10           12
///    | id | flags | questions | answers | authority | additional | the sections, in this order
/// </code>
/// </remarks>
public sealed class DnsMessage
{
    /// <summary>Bytes before the sections.</summary>
    public const int HeaderSize = 12;

    /// <summary>Bytes of a message over UDP at most, without extensions (RFC 1035 §4.2.1).</summary>
    public const int MaximumOverUdp = 512;

    internal const int FlagsOffset = 2;
    internal const int CountsOffset = 4;
    internal const ushort RecursionDesiredFlag = 0x0100;

    private const ushort ResponseFlag = 0x8000;
    private const ushort AuthoritativeFlag = 0x0400;
    private const ushort TruncatedFlag = 0x0200;
    private const ushort RecursionAvailableFlag = 0x0080;
    private const int OpcodeShift = 11;
    private const int NibbleMask = 0xF;
    private const int QuestionTail = 4;
    private const int RecordTail = 10;
    private const int Sections = 4;

    private readonly byte[] _bytes;

    private DnsMessage(byte[] bytes) => _bytes = bytes;

    /// <summary>Tells which question an answer belongs to.</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>True for an answer.</summary>
    public bool IsResponse => (Flags & ResponseFlag) != 0;

    /// <summary>What is asked for; 0 for a plain query.</summary>
    public int Opcode => (Flags >> OpcodeShift) & NibbleMask;

    /// <summary>True when the server keeps the zone.</summary>
    public bool IsAuthoritative => (Flags & AuthoritativeFlag) != 0;

    /// <summary>True when there was more than the message could hold.</summary>
    public bool IsTruncated => (Flags & TruncatedFlag) != 0;

    /// <summary>True when the server was asked to ask others.</summary>
    public bool IsRecursionDesired => (Flags & RecursionDesiredFlag) != 0;

    /// <summary>True when the server does ask others.</summary>
    public bool IsRecursionAvailable => (Flags & RecursionAvailableFlag) != 0;

    /// <summary>How it went.</summary>
    public DnsResponseCode ResponseCode => (DnsResponseCode)(Flags & NibbleMask);

    /// <summary>What is asked, mostly one.</summary>
    public IReadOnlyList<DnsQuestion> Questions { get; private set; } = [];

    /// <summary>Records that answer.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; private set; } = [];

    /// <summary>Records about who knows.</summary>
    public IReadOnlyList<DnsRecord> Authorities { get; private set; } = [];

    /// <summary>Records that may help.</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; private set; } = [];

    /// <summary>Bytes of the message.</summary>
    public int Length => _bytes.Length;

    private ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(FlagsOffset));

    /// <summary>Takes a message apart.</summary>
    /// <returns>False when a name, a record or a section does not end within it.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        DnsMessage read = new(bytes.ToArray());
        if (read.TryReadSections())
        {
            message = read;
        }

        return message is not null;
    }

    /// <summary>Writes a query of one question.</summary>
    /// <param name="identification">To know the answer by; not to be guessed (RFC 5452).</param>
    /// <param name="question">What is asked.</param>
    /// <param name="wantsRecursion">True to have the server ask others.</param>
    /// <param name="bytes">Where it goes: <see cref="MaximumOverUdp"/> bytes are enough.</param>
    /// <param name="size">Bytes written.</param>
    /// <returns>False when the name is none.</returns>
    public static bool TryWriteQuery(ushort identification, in DnsQuestion question, bool wantsRecursion, Span<byte> bytes, out int size)
    {
        bytes[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, identification);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[FlagsOffset..], wantsRecursion ? RecursionDesiredFlag : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[CountsOffset..], 1);
        size = HeaderSize;
        if (!DnsName.TryWrite(question.Name, bytes[HeaderSize..], out int nameSize))
        {
            return false;
        }

        size += nameSize;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[size..], (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(size + sizeof(ushort))..], question.Class);
        size += QuestionTail;
        return true;
    }

    private bool TryReadSections()
    {
        Span<ushort> counts = stackalloc ushort[Sections];
        for (int i = 0; i < Sections; i++)
        {
            counts[i] = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(CountsOffset + i * sizeof(ushort)));
        }

        int offset = HeaderSize;
        if (!TryReadQuestions(counts[0], ref offset)
            || !TryReadRecords(counts[1], ref offset, out List<DnsRecord> answers)
            || !TryReadRecords(counts[2], ref offset, out List<DnsRecord> authorities)
            || !TryReadRecords(counts[3], ref offset, out List<DnsRecord> additionals))
        {
            return false;
        }

        (Answers, Authorities, Additionals) = (answers, authorities, additionals);
        return true;
    }

    private bool TryReadQuestions(int count, ref int offset)
    {
        List<DnsQuestion> questions = [];
        for (int i = 0; i < count; i++)
        {
            if (!DnsName.TryRead(_bytes, ref offset, out string name) || offset + QuestionTail > _bytes.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> tail = _bytes.AsSpan(offset);
            questions.Add(new DnsQuestion(
                name, (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(tail), BinaryPrimitives.ReadUInt16BigEndian(tail[sizeof(ushort)..])));
            offset += QuestionTail;
        }

        Questions = questions;
        return true;
    }

    private bool TryReadRecords(int count, ref int offset, out List<DnsRecord> records)
    {
        records = [];
        for (int i = 0; i < count; i++)
        {
            if (!DnsName.TryRead(_bytes, ref offset, out string name) || offset + RecordTail > _bytes.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> tail = _bytes.AsSpan(offset);
            int length = BinaryPrimitives.ReadUInt16BigEndian(tail[(RecordTail - sizeof(ushort))..]);
            offset += RecordTail;
            if (offset + length > _bytes.Length)
            {
                return false;
            }

            records.Add(new DnsRecord(
                name,
                (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(tail),
                BinaryPrimitives.ReadUInt16BigEndian(tail[sizeof(ushort)..]),
                BinaryPrimitives.ReadUInt32BigEndian(tail[(2 * sizeof(ushort))..]),
                new DnsRecordData(_bytes, offset, length)));
            offset += length;
        }

        return true;
    }
}

/// <summary>One question.</summary>
/// <param name="Name">What it is about; read names end with a dot.</param>
/// <param name="Type">What kind of record is wanted.</param>
/// <param name="Class">1 for the Internet.</param>
public readonly record struct DnsQuestion(string Name, DnsRecordType Type, ushort Class)
{
    /// <summary>The class of the Internet.</summary>
    public const ushort Internet = 1;
}

/// <summary>One resource record.</summary>
/// <param name="Name">Whom it is about.</param>
/// <param name="Type">What it tells.</param>
/// <param name="Class">1 for the Internet.</param>
/// <param name="TimeToLive">Seconds for which it may be kept.</param>
/// <param name="Data">What it tells.</param>
public sealed record DnsRecord(string Name, DnsRecordType Type, ushort Class, uint TimeToLive, DnsRecordData Data);
