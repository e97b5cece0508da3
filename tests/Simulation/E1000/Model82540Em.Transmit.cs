using System.Buffers.Binary;
using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.Simulation.E1000;

/// <content>Transmit: descriptors and DMA (§3.3, §3.4).</content>
public sealed partial class Model82540Em
{
    private const uint TctlPadShort = 1u << 3;
    private const uint CauseTransmitDone = 1u << 0;
    private const uint CauseTransmitEmpty = 1u << 1;
    private const uint CommandEnd = 1 << 0;
    private const uint CommandFcs = 1 << 1;
    private const uint CommandSegment = 1 << 2;
    private const uint CommandReport = 1 << 3;
    private const uint CommandExtended = 1 << 5;
    private const ulong DescriptorTypeMask = 0xF << 20;
    private const ulong DataLengthMask = (1 << 20) - 1;
    private const ulong InsertHeaderChecksum = 1UL << 40;
    private const ulong InsertTransportChecksum = 1UL << 41;
    private const int MinimumFrame = 60;
    private const int MaximumDescriptorLength = 16288;

    private readonly byte[] _outgoing = new byte[MaximumDescriptorLength];
    private readonly SegmentCutter _cutter = new();
    private bool _isTransmitterUsed;
    private byte _checksumStart; // TUCSS
    private byte _checksumField; // TUCSO
    private ushort _checksumEnd; // TUCSE

    /// <summary>When frames are sent.</summary>
    public TransmitMode TransmitMode { get; set; }

    /// <summary>True for a transmitter that has stopped for good; only a reset gets it going again.</summary>
    public bool IsTransmitterHung { get; set; }

    /// <summary>Gets every frame sent, as it is on the wire but without FCS.</summary>
    public FrameHandler? FrameSink { get; set; }

    /// <summary>STA bits besides DD for the next frame (EC, LC), after which they are forgotten.</summary>
    public byte NextTransmitStatus { get; set; }

    /// <summary>Frames that the device itself had to pad.</summary>
    public int HardwarePaddedFrames { get; private set; }

    /// <summary>Times that the driver rang the transmit doorbell.</summary>
    public int TailWrites { get; private set; }

    /// <summary>Descriptors that wait to be sent.</summary>
    public int PendingTransmitDescriptors
    {
        get
        {
            int length = RingLength(TDLEN);
            return length == 0 ? 0 : ((int)Peek(TDT) - (int)Peek(TDH) + length) % length;
        }
    }

    /// <summary>A slow device sends up to so many frames.</summary>
    /// <returns>How many it sent.</returns>
    public int StepTransmit(int count)
    {
        lock (_gate)
        {
            int sent = 0;
            while (sent < count && CanTransmit && _values[TDH / sizeof(uint)] != _values[TDT / sizeof(uint)])
            {
                SendNext();
                sent++;
            }

            if (sent > 0)
            {
                bool isEmpty = _values[TDH / sizeof(uint)] == _values[TDT / sizeof(uint)];
                Raise(CauseTransmitDone | (isEmpty ? CauseTransmitEmpty : 0));
            }

            return sent;
        }
    }

    private bool CanTransmit => !IsRemoved && !IsTransmitterHung && TransmitMode != TransmitMode.Hung
        && (_values[TCTL / sizeof(uint)] & EngineEnable) != 0 && (_options.SendsWithoutLink || IsLinkUp);

    private void RunTransmit()
    {
        if (TransmitMode == TransmitMode.Immediate)
        {
            StepTransmit(int.MaxValue);
        }
    }

    private void WriteTransmit(uint offset, uint value)
    {
        bool isOn = (_values[TCTL / sizeof(uint)] & EngineEnable) != 0;
        switch (offset)
        {
            case TDBAL or TDBAH or TDLEN or TDH when isOn || (_isTransmitterUsed && !_options.IgnoresReset):
                throw new DriverErrorException($"transmit register 0x{offset:x4} is written after the transmitter was on, without a reset (§13.4.39)");
            case TDT when isOn:
                CheckTransmitTail(value);
                TailWrites++;
                break;
            case TDH:
                _cutter.Clear(); // a packet begins where the head is put
                break;
            case TCTL when (value & EngineEnable) != 0 && RingLength(TDLEN) == 0:
                throw new DriverErrorException("the transmitter is turned on without a ring");
            case TCTL:
                _isTransmitterUsed |= (value & EngineEnable) != 0;
                break;
        }

        _values[offset / sizeof(uint)] = value;
        RunTransmit();
    }

    private void CheckTransmitTail(uint tail)
    {
        uint length = (uint)RingLength(TDLEN);
        uint oldTail = _values[TDT / sizeof(uint)];
        if (tail >= length)
        {
            throw new DriverErrorException($"TDT {tail} lies outside the ring of {length}");
        }

        if (PendingTransmitDescriptors + ((tail - oldTail + length) % length) >= length)
        {
            throw new DriverErrorException($"TDT {tail} overtakes TDH {_values[TDH / sizeof(uint)]}");
        }
    }

    private void SendNext()
    {
        ref uint head = ref _values[TDH / sizeof(uint)];
        Span<byte> descriptor = _memory.Resolve(RingBase(TDBAL) + (head * DescriptorSize), DescriptorSize, isWrite: true);
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
        ulong second = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]);
        uint command = (uint)(second >> 24) & 0xFF;
        bool isExtended = (command & CommandExtended) != 0;
        byte status = 0;
        if (isExtended && (second & DescriptorTypeMask) == 0)
        {
            TakeContext(head, first, second, command);
        }
        else
        {
            int length = isExtended ? (int)(second & DataLengthMask) : (ushort)second;
            if (isExtended && (command & CommandSegment) != 0)
            {
                status = TakePart(head, first, length, command, second);
            }
            else
            {
                CheckTransmitDescriptor(head, first, length, command & ~CommandExtended);
                status = TakeStatus();
            }

            if (status == 0 && (command & CommandSegment) == 0)
            {
                Send(_memory.Resolve(first, length, isWrite: false), isExtended && (second & InsertTransportChecksum) != 0);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[12..], (uint)(second >> 32) | 1u | status);
        head = (head + 1) % (uint)RingLength(TDLEN);
    }

    private byte TakeStatus()
    {
        byte status = NextTransmitStatus;
        NextTransmitStatus = 0;
        return status;
    }

    /// <summary>A data descriptor with TSE: a part of a packet that is cut into segments when its last part is here.</summary>
    private byte TakePart(uint index, ulong buffer, int length, uint command, ulong second)
    {
        const uint Wanted = CommandFcs | CommandReport | CommandSegment | CommandExtended;
        const ulong Checksums = InsertHeaderChecksum | InsertTransportChecksum;
        if (buffer == 0 || length is 0 or > MaximumDescriptorLength || (command & Wanted) != Wanted || (second & Checksums) != Checksums)
        {
            throw new DriverErrorException($"data descriptor {index} with TSE has buffer 0x{buffer:x}, length {length}, command 0x{command:x2}");
        }

        _cutter.Add(_memory.Resolve(buffer, length, isWrite: false));
        if ((command & CommandEnd) == 0)
        {
            return 0;
        }

        byte status = TakeStatus();
        _cutter.Cut(segment =>
        {
            if (status == 0)
            {
                Send(segment, insertsChecksum: false);
            }
        });
        return status;
    }

    private static void CheckTransmitDescriptor(uint index, ulong buffer, int length, uint command)
    {
        const uint Wanted = CommandEnd | CommandFcs | CommandReport;
        if (buffer == 0 || length is 0 or > MaximumDescriptorLength)
        {
            throw new DriverErrorException($"transmit descriptor {index} has buffer 0x{buffer:x} and length {length}");
        }

        if ((command & (Wanted | CommandExtended)) != Wanted)
        {
            throw new DriverErrorException($"transmit descriptor {index} has command 0x{command:x2}; whole frames with IFCS and RS are expected");
        }
    }

    /// <summary>A context descriptor (§3.3.6). Without segmentation it tells only where the transport checksum is.</summary>
    private void TakeContext(uint index, ulong first, ulong second, uint command)
    {
        if (_cutter.IsGathering)
        {
            throw new DriverErrorException($"context descriptor {index} comes in the middle of a packet");
        }

        if ((command & CommandSegment) != 0)
        {
            _cutter.Start(index, first, second, command);
            return;
        }

        if ((command & CommandReport) == 0 || (second & DataLengthMask) != 0)
        {
            throw new DriverErrorException($"context descriptor {index} has command 0x{command:x2}; RS without TSE and payload is expected");
        }

        _checksumStart = (byte)(first >> 32);
        _checksumField = (byte)(first >> 40);
        _checksumEnd = (ushort)(first >> 48);
    }

    /// <summary>Sums from TUCSS to TUCSE, or the end, and puts the complement into TUCSO (§3.5.9).</summary>
    private void InsertChecksum(int length)
    {
        int end = _checksumEnd == 0 ? length : Math.Min(length, _checksumEnd + 1);
        if (_checksumStart < 14 || _checksumField < _checksumStart || _checksumField + 2 > end)
        {
            throw new DriverErrorException($"a checksum from {_checksumStart} at {_checksumField} does not lie in a frame of {length}");
        }

        uint sum = 0;
        for (int i = _checksumStart; i < end; i++)
        {
            sum += ((i - _checksumStart) & 1) == 0 ? (uint)_outgoing[i] << 8 : _outgoing[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        ushort checksum = (ushort)~sum;
        BinaryPrimitives.WriteUInt16BigEndian(_outgoing.AsSpan(_checksumField), checksum == 0 ? ushort.MaxValue : checksum);
    }

    private void Send(ReadOnlySpan<byte> data, bool insertsChecksum)
    {
        data.CopyTo(_outgoing);
        int length = data.Length;
        if (insertsChecksum)
        {
            InsertChecksum(length);
        }

        if (length < MinimumFrame && (_values[TCTL / sizeof(uint)] & TctlPadShort) != 0)
        {
            _outgoing.AsSpan(length, MinimumFrame - length).Clear();
            length = MinimumFrame;
            HardwarePaddedFrames++;
        }

        Count(GPTC);
        Count(TPT);
        CountOctets(GOTCL, length + FcsSize);
        CountOctets(TOTL, length + FcsSize);
        FrameSink?.Invoke(_outgoing.AsSpan(0, length));
    }
}
