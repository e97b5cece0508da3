using System.Buffers.Binary;
using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.Simulation.E1000;

/// <content>Receive: filters, FIFO, descriptors, DMA (§3.2).</content>
public sealed partial class Model82540Em
{
    private const uint RctlUnicastPromiscuous = 1u << 3;
    private const uint RctlMulticastPromiscuous = 1u << 4;
    private const uint RctlLongPackets = 1u << 5;
    private const uint RctlBroadcast = 1u << 15;
    private const uint RctlStripCrc = 1u << 26;
    private const uint CauseLink = 1u << 2;
    private const uint CauseReceiveLow = 1u << 4;
    private const uint CauseOverrun = 1u << 6;
    private const uint CauseReceive = 1u << 7;
    private const int DescriptorSize = 16;
    private const int FcsSize = 4;
    private const int MinimumWire = 64;
    private const int MaximumWire = 1522;
    private const int MaximumLongWire = 16384;
    private const byte StatusDone = 1 << 0;
    private const byte StatusEnd = 1 << 1;
    private const byte ErrorCrc = 1 << 0;
    private const byte ErrorData = 1 << 7;

    private readonly Queue<QueuedFrame> _fifo;
    private readonly ulong[] _given = new ulong[1 << 16];
    private readonly byte[] _wire = new byte[MaximumLongWire + FcsSize];
    private int _fifoUsed;
    private bool _isReceiverUsed;

    /// <summary>True for a slow device: frames wait in the FIFO for <see cref="StepReceive"/>.</summary>
    public bool IsReceiveStepped { get; set; }

    /// <summary>True for a device that stores bad frames and long ones though it was not told to (RCTL.SBP and LPE stuck).</summary>
    public bool DeliversBadFrames { get; set; }

    /// <summary>Undamaged frames that were written to memory and are not too long; short ones only if <see cref="DeliversBadFrames"/>.</summary>
    public long StoredGoodFrames { get; private set; }

    /// <summary>Frames in the FIFO.</summary>
    public int FifoCount => _fifo.Count;

    /// <summary>Descriptors that belong to the device.</summary>
    public int FreeReceiveDescriptors
    {
        get
        {
            int length = RingLength(RDLEN);
            return length == 0 ? 0 : ((int)Peek(RDT) - (int)Peek(RDH) + length) % length;
        }
    }

    /// <summary>A frame arrives from the wire.</summary>
    /// <param name="frame">From the destination on, without FCS.</param>
    /// <param name="fault">What is wrong with it.</param>
    public ReceiveOutcome Deliver(ReadOnlySpan<byte> frame, ReceiveFault fault = ReceiveFault.None)
    {
        lock (_gate)
        {
            if (IsRemoved || !IsLinkUp || (_values[RCTL / sizeof(uint)] & EngineEnable) == 0)
            {
                return ReceiveOutcome.Ignored;
            }

            int length = PutOnWire(frame, fault);
            Count(TPR);
            CountOctets(TORL, length);
            if (!PassesFilter(_wire))
            {
                return ReceiveOutcome.Filtered;
            }

            return IsAcceptable(length, fault) ? Accept(length, fault) : ReceiveOutcome.Discarded;
        }
    }

    /// <summary>A slow device moves up to so many frames from the FIFO to memory.</summary>
    /// <returns>How many it moved.</returns>
    public int StepReceive(int count)
    {
        lock (_gate)
        {
            int moved = 0;
            bool isOn = !IsRemoved && (_values[RCTL / sizeof(uint)] & EngineEnable) != 0;
            while (isOn && moved < count && _fifo.TryPeek(out QueuedFrame queued) && HasRoom(StoredLength(queued.Bytes.Length)))
            {
                _fifo.Dequeue();
                _fifoUsed -= queued.Bytes.Length;
                queued.Bytes.CopyTo(_wire, 0);
                Store(queued.Bytes.Length, queued.Fault);
                moved++;
            }

            return moved;
        }
    }

    private int BufferSize
    {
        get
        {
            uint control = _values[RCTL / sizeof(uint)];
            int size = 2048 >> (int)(control >> 16 & 3);
            return (control & 1u << 25) != 0 ? size * 16 : size;
        }
    }

    private int RingLength(uint lengthRegister) => (int)Peek(lengthRegister) / DescriptorSize;

    private int StoredLength(int wireLength) => (_values[RCTL / sizeof(uint)] & RctlStripCrc) != 0 ? wireLength - FcsSize : wireLength;

    private int PutOnWire(ReadOnlySpan<byte> frame, ReceiveFault fault)
    {
        frame.CopyTo(_wire);
        int length = frame.Length;
        if (_options.PadsRunts && length < MinimumWire - FcsSize)
        {
            _wire.AsSpan(length, MinimumWire - FcsSize - length).Clear();
            length = MinimumWire - FcsSize;
        }

        uint crc = (_values[RCTL / sizeof(uint)] & RctlStripCrc) != 0 ? 0 : Crc32.Compute(_wire.AsSpan(0, length));
        crc ^= fault == ReceiveFault.BadCrc ? uint.MaxValue : 0;
        BinaryPrimitives.WriteUInt32LittleEndian(_wire.AsSpan(length), crc);
        return length + FcsSize;
    }

    private bool PassesFilter(ReadOnlySpan<byte> frame)
    {
        uint control = _values[RCTL / sizeof(uint)];
        MacAddress destination = MacAddress.Read(frame);
        if (destination.IsBroadcast && (control & RctlBroadcast) != 0)
        {
            return true;
        }

        uint promiscuous = destination.IsMulticast ? RctlMulticastPromiscuous : RctlUnicastPromiscuous;
        return (control & promiscuous) != 0 || MatchesAddress(frame) || (destination.IsMulticast && MatchesTable(frame, control));
    }

    private bool MatchesAddress(ReadOnlySpan<byte> frame)
    {
        uint low = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        uint high = BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]) | AddressValid;
        for (uint i = 0; i < AddressCount; i++)
        {
            if (_values[(RAL / sizeof(uint)) + (2 * i)] == low && _values[(RAH / sizeof(uint)) + (2 * i)] == high)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>§13.5.1, table 13-71: 12 bits of the last two address bytes pick a bit.</summary>
    private bool MatchesTable(ReadOnlySpan<byte> frame, uint control)
    {
        int shift = (control >> 12 & 3) switch
        {
            0 => 4,
            1 => 3,
            2 => 2,
            _ => 0,
        };
        uint hash = (uint)(BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]) >> shift) & 0xFFF;
        return (_values[(MTA / sizeof(uint)) + (hash >> 5)] >> (int)(hash & 31) & 1) != 0;
    }

    /// <summary>Counts a frame that is damaged or of illegal length; true when it is stored all the same.</summary>
    private bool IsAcceptable(int length, ReceiveFault fault)
    {
        bool isLong = length > MaximumWire && (_values[RCTL / sizeof(uint)] & RctlLongPackets) == 0;
        if (length < MinimumWire)
        {
            Count(fault == ReceiveFault.BadCrc ? RFC : RUC);
            return DeliversBadFrames;
        }

        if (isLong || length > MaximumLongWire)
        {
            Count(fault == ReceiveFault.BadCrc ? RJC : ROC);
            return DeliversBadFrames && length <= MaximumLongWire;
        }

        if (fault != ReceiveFault.None)
        {
            Count(fault == ReceiveFault.BadCrc ? CRCERRS : RXERRC);
            return DeliversBadFrames;
        }

        CountGood(length);
        return true;
    }

    private void CountGood(int length)
    {
        MacAddress destination = MacAddress.Read(_wire);
        Count(GPRC);
        CountOctets(GORCL, length);
        if (destination.IsMulticast)
        {
            Count(destination.IsBroadcast ? BPRC : MPRC);
        }
    }

    private ReceiveOutcome Accept(int length, ReceiveFault fault)
    {
        bool hasRoom = HasRoom(StoredLength(length));
        if (hasRoom && _fifo.Count == 0 && !IsReceiveStepped)
        {
            Store(length, fault);
            return ReceiveOutcome.Delivered;
        }

        if (!hasRoom)
        {
            Count(RNBC);
        }

        if (_fifoUsed + length > _options.FifoSize)
        {
            Count(MPC);
            Raise(CauseOverrun);
            return ReceiveOutcome.Missed;
        }

        _fifo.Enqueue(new QueuedFrame(_wire.AsSpan(0, length).ToArray(), fault));
        _fifoUsed += length;
        return ReceiveOutcome.Queued;
    }

    private bool HasRoom(int length) => FreeReceiveDescriptors * BufferSize >= length;

    /// <summary>Writes the frame in <c>_wire</c> to memory, over as many buffers as it needs.</summary>
    private void Store(int wireLength, ReceiveFault fault)
    {
        int total = StoredLength(wireLength);
        byte errors = (byte)((fault == ReceiveFault.BadCrc ? ErrorCrc : 0) | (fault == ReceiveFault.DataError ? ErrorData : 0));
        (byte checksumStatus, byte checksumErrors) = ChecksumOffload.Examine(
            _wire.AsSpan(0, wireLength - FcsSize), _values[RXCSUM / sizeof(uint)], _options.Checksums);
        for (int done = 0; done < total;)
        {
            int size = Math.Min(total - done, BufferSize);
            bool isEnd = done + size == total;
            byte status = (byte)(StatusDone | (isEnd ? StatusEnd | checksumStatus : 0));
            StoreDescriptor(_wire.AsSpan(done, size), status, isEnd ? (byte)(errors | checksumErrors) : (byte)0);
            done += size;
        }

        StoredGoodFrames += fault == ReceiveFault.None && wireLength <= MaximumWire ? 1 : 0;

        // RDMTS: half, a quarter or an eighth of the ring.
        int threshold = RingLength(RDLEN) >> (int)((_values[RCTL / sizeof(uint)] >> 8 & 3) + 1);
        Raise(CauseReceive | (FreeReceiveDescriptors <= threshold ? CauseReceiveLow : 0));
    }

    private void StoreDescriptor(ReadOnlySpan<byte> data, byte status, byte errors)
    {
        ref uint head = ref _values[RDH / sizeof(uint)];
        ulong address = RingBase(RDBAL) + (head * DescriptorSize);
        Span<byte> descriptor = _memory.Resolve(address, DescriptorSize, isWrite: true);
        ulong buffer = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
        if (buffer != _given[head])
        {
            throw new DriverErrorException($"receive descriptor {head} was changed while the device owned it");
        }

        data.CopyTo(_memory.Resolve(buffer, BufferSize, isWrite: true));
        ulong writeBack = (uint)data.Length | (ulong)status << 32 | (ulong)errors << 40;
        BinaryPrimitives.WriteUInt64LittleEndian(descriptor[8..], writeBack);
        _given[head] = 0;
        head = (head + 1) % (uint)RingLength(RDLEN);
    }

    private void WriteReceive(uint offset, uint value)
    {
        bool isOn = (_values[RCTL / sizeof(uint)] & EngineEnable) != 0;
        switch (offset)
        {
            case RDBAL or RDBAH or RDLEN or RDH when isOn || (_isReceiverUsed && !_options.IgnoresReset):
                throw new DriverErrorException($"receive register 0x{offset:x4} is written after the receiver was on, without a reset (§13.4.28)");
            case RDH:
                _given.AsSpan().Clear();
                break;
            case RDT when isOn:
                GiveReceiveDescriptors(value);
                break;
            case RCTL when (value & EngineEnable) != 0 && (RingLength(RDLEN) == 0 || (!isOn && FreeReceiveDescriptors != 0)):
                throw new DriverErrorException("the receiver is turned on without a ring, or with RDT written before (§14.4)");
            case RCTL:
                _isReceiverUsed |= (value & EngineEnable) != 0;
                break;
        }

        _values[offset / sizeof(uint)] = value;
        if (!IsReceiveStepped)
        {
            StepReceive(int.MaxValue);
        }
    }

    /// <summary>Looks at each descriptor between the old tail and the new one.</summary>
    private void GiveReceiveDescriptors(uint tail)
    {
        uint length = (uint)RingLength(RDLEN);
        uint oldTail = _values[RDT / sizeof(uint)];
        if (tail >= length)
        {
            throw new DriverErrorException($"RDT {tail} lies outside the ring of {length}");
        }

        if (FreeReceiveDescriptors + ((tail - oldTail + length) % length) >= length)
        {
            throw new DriverErrorException($"RDT {tail} overtakes RDH {_values[RDH / sizeof(uint)]}");
        }

        for (uint index = oldTail; index != tail; index = (index + 1) % length)
        {
            GiveReceiveDescriptor(index, (int)length);
        }
    }

    private void GiveReceiveDescriptor(uint index, int length)
    {
        Span<byte> descriptor = _memory.Resolve(RingBase(RDBAL) + (index * DescriptorSize), DescriptorSize, isWrite: false);
        ulong buffer = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
        if (buffer == 0)
        {
            throw new DriverErrorException($"receive descriptor {index} has no buffer");
        }

        if ((BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]) >> 32 & StatusDone) != 0)
        {
            throw new DriverErrorException($"receive descriptor {index} is given to the device with DD set");
        }

        if (_given.AsSpan(0, length).Contains(buffer))
        {
            throw new DriverErrorException($"the buffer of receive descriptor {index} is in the ring twice");
        }

        _memory.Find(buffer, BufferSize);
        _given[index] = buffer;
    }

    private readonly record struct QueuedFrame(byte[] Bytes, ReceiveFault Fault);
}
