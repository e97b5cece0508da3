using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>What the options of a received datagram ask for (RFC 791 §3.1), found in one pass that validates all of them.</summary>
/// <remarks>For datagrams that carry options. Unknown options are skipped (RFC 1122 §3.2.1.8).</remarks>
public readonly record struct Ipv4Options
{
    internal const byte EndOfList = 0;
    internal const byte NoOperation = 1;
    internal const byte RecordRoute = 7;
    internal const byte Timestamp = 68;
    internal const byte LooseSourceRoute = 131;
    internal const byte StrictSourceRoute = 137;
    internal const byte RouterAlert = 148;

    internal const int LengthOffset = 1;
    internal const int PointerOffset = 2;
    internal const int RouteDataOffset = 3;
    internal const int TimestampOverflowOffset = 3;
    internal const int TimestampDataOffset = 4;

    private const int LongestFixedPart = 2;
    private const int OverflowShift = 4;
    private const byte TimestampFlagMask = 0xF;
    private const byte MaximumOverflow = 0xF;
    private const byte TimestampsOnly = 0;
    private const byte TimestampsAndAddresses = 1;
    private const byte TimestampsOfPrespecified = 3;

    /// <summary>
    /// 0 when all is well, else the offset in the IP header of the octet that is wrong: the pointer of an ICMP parameter problem.
    /// </summary>
    public byte ProblemOffset { get; private init; }

    /// <summary>True when a strict or loose source route is among them.</summary>
    public bool HasSourceRoute { get; private init; }

    /// <summary>True when a record route or timestamp option is among them, which an echo reply carries back.</summary>
    public bool HasRecords { get; private init; }

    /// <summary>Router alert: routers on the way look at the datagram though it is not for them (RFC 2113 §2.1).</summary>
    public static ReadOnlySpan<byte> RouterAlertOption => [RouterAlert, 4, 0, 0];

    /// <summary>Reads and validates all options.</summary>
    public static Ipv4Options Scan(ReadOnlySpan<byte> options)
    {
        Ipv4Options found = default;
        int offset = 0;
        while (offset < options.Length && options[offset] != EndOfList)
        {
            if (options[offset] == NoOperation)
            {
                offset++;
                continue;
            }

            ReadOnlySpan<byte> rest = options[offset..];
            int problem = FindProblem(rest);
            if (problem >= 0)
            {
                return found with { ProblemOffset = (byte)(Ipv4Header.MinimumSize + offset + problem) };
            }

            found = Note(found, rest[0]);
            offset += rest[LengthOffset];
        }

        return found;
    }

    /// <summary>
    /// Builds the options of an echo reply: record route and timestamp as received, with this host entered, all others left out
    /// (RFC 1122 §3.2.2.6).
    /// </summary>
    /// <param name="options">Options of the request, found sound by <see cref="Scan"/>.</param>
    /// <param name="self">Our address.</param>
    /// <param name="millisecondsOfDay">Milliseconds since midnight UT.</param>
    /// <param name="reply">At least <see cref="Ipv4Header.MaximumOptions"/> bytes.</param>
    /// <returns>Bytes written, a multiple of four.</returns>
    public static int BuildReply(ReadOnlySpan<byte> options, Ipv4Address self, uint millisecondsOfDay, Span<byte> reply)
    {
        int written = 0;
        int offset = 0;
        while (offset < options.Length && options[offset] != EndOfList)
        {
            byte kind = options[offset];
            int length = kind == NoOperation ? 1 : options[offset + LengthOffset];
            if (kind is RecordRoute or Timestamp)
            {
                Span<byte> copy = reply.Slice(written, length);
                options.Slice(offset, length).CopyTo(copy);
                EnterSelf(copy, self, millisecondsOfDay);
                written += length;
            }

            offset += length;
        }

        while (written % Ipv4Header.WordSize != 0)
        {
            reply[written++] = EndOfList;
        }

        return written;
    }

    private static Ipv4Options Note(Ipv4Options found, byte kind) => kind switch
    {
        LooseSourceRoute or StrictSourceRoute => found with { HasSourceRoute = true },
        RecordRoute or Timestamp => found with { HasRecords = true },
        _ => found,
    };

    /// <summary>The offset within the option of what is wrong with it; -1 for nothing.</summary>
    private static int FindProblem(ReadOnlySpan<byte> option)
    {
        if (option.Length < LongestFixedPart || option[LengthOffset] < LongestFixedPart || option[LengthOffset] > option.Length)
        {
            return option.Length < LongestFixedPart ? 0 : LengthOffset;
        }

        int dataOffset = option[0] switch
        {
            RecordRoute or LooseSourceRoute or StrictSourceRoute => RouteDataOffset,
            Timestamp => TimestampDataOffset,
            _ => 0,
        };
        return dataOffset == 0 ? -1 : FindRecordProblem(option[..option[LengthOffset]], dataOffset);
    }

    private static int FindRecordProblem(ReadOnlySpan<byte> option, int dataOffset)
    {
        if (option.Length < dataOffset)
        {
            return LengthOffset;
        }

        if (option[0] == Timestamp && (option[TimestampOverflowOffset] & TimestampFlagMask) is not
            (TimestampsOnly or TimestampsAndAddresses or TimestampsOfPrespecified))
        {
            return TimestampOverflowOffset;
        }

        // Pointers count from 1, so the first record lies at dataOffset + 1; a full option points past its end.
        int room = option.Length - option[PointerOffset] + 1;
        bool isPointerSound = option[PointerOffset] > dataOffset && (room <= 0 || room >= EntrySize(option));
        return isPointerSound ? -1 : PointerOffset;
    }

    private static int EntrySize(ReadOnlySpan<byte> option) =>
        option[0] == Timestamp && (option[TimestampOverflowOffset] & TimestampFlagMask) != TimestampsOnly
            ? Ipv4Address.Size + sizeof(uint)
            : Ipv4Address.Size;

    private static void EnterSelf(Span<byte> option, Ipv4Address self, uint millisecondsOfDay)
    {
        int entry = option[PointerOffset] - 1;
        bool isFull = entry >= option.Length;
        if (option[0] == RecordRoute)
        {
            if (!isFull)
            {
                self.Write(option[entry..]);
                option[PointerOffset] += Ipv4Address.Size;
            }
        }
        else
        {
            EnterTimestamp(option, isFull ? -1 : entry, self, millisecondsOfDay);
        }
    }

    private static void EnterTimestamp(Span<byte> option, int entry, Ipv4Address self, uint millisecondsOfDay)
    {
        int flag = option[TimestampOverflowOffset] & TimestampFlagMask;
        if (entry < 0)
        {
            CountOverflow(option, flag);
            return;
        }

        if (flag == TimestampsOfPrespecified && Ipv4Address.Read(option[entry..]) != self)
        {
            return;
        }

        if (flag == TimestampsAndAddresses)
        {
            self.Write(option[entry..]);
        }

        int timestampOffset = flag == TimestampsOnly ? entry : entry + Ipv4Address.Size;
        BinaryPrimitives.WriteUInt32BigEndian(option[timestampOffset..], millisecondsOfDay);
        option[PointerOffset] += (byte)EntrySize(option);
    }

    private static void CountOverflow(Span<byte> option, int flag)
    {
        int overflow = option[TimestampOverflowOffset] >> OverflowShift;
        if (flag != TimestampsOfPrespecified && overflow < MaximumOverflow)
        {
            option[TimestampOverflowOffset] = (byte)((overflow + 1) << OverflowShift | flag);
        }
    }
}
