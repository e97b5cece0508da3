using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KernelSockets.FaultyWire;

/// <summary>Carries frames between the two ends, each direction with its faults, until it is stopped.</summary>
internal sealed class Relay
{
    private const int MostFrameSize = 65_536;
    private const int Burst = 64; // frames of one direction before the other has its turn
    private const long NanosecondsOfTick = 100;

    private readonly Way _toGuest;
    private readonly Way _fromGuest;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(MostFrameSize, pinned: true);

    public Relay(TapDevice guest, TapDevice host, int seed, Faults faults)
    {
        _toGuest = new Way(host, guest, new FaultyDirection(seed, faults));
        _fromGuest = new Way(guest, host, new FaultyDirection(seed ^ 0x5DEECE6, faults));
    }

    /// <summary>How many frames met each fault so far.</summary>
    public string Summary => $"to the guest: {_toGuest.Wire.Counts}; from the guest: {_fromGuest.Wire.Counts}";

    /// <summary>Works until something can be read from a descriptor.</summary>
    /// <param name="stop">The descriptor.</param>
    public void Run(int stop)
    {
        PollRequest[] requests =
        [
            new() { Descriptor = _toGuest.Source.Descriptor, Events = Libc.PollIn },
            new() { Descriptor = _fromGuest.Source.Descriptor, Events = Libc.PollIn },
            new() { Descriptor = stop, Events = Libc.PollIn },
        ];
        while (requests[2].Returned == 0)
        {
            Wait(requests);
            Carry(_toGuest, isReadable: requests[0].Returned != 0);
            Carry(_fromGuest, isReadable: requests[1].Returned != 0);
        }
    }

    private void Wait(PollRequest[] requests)
    {
        long due = Math.Min(_toGuest.Wire.NextDue, _fromGuest.Wire.NextDue);
        int result;
        if (due == long.MaxValue)
        {
            result = Libc.PollForEver(requests, (nuint)requests.Length, 0, 0);
        }
        else
        {
            long left = Math.Max(0, due - Now);
            TimeSpecification timeout = new() { Seconds = left / TimeSpan.TicksPerSecond, Nanoseconds = left % TimeSpan.TicksPerSecond * NanosecondsOfTick };
            result = Libc.Poll(requests, (nuint)requests.Length, in timeout, 0);
        }

        if (result < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private void Carry(Way way, bool isReadable)
    {
        for (int i = 0; isReadable && i < Burst; i++)
        {
            int size = way.Source.Read(_buffer);
            if (size == 0)
            {
                break;
            }

            way.Wire.Enter(_buffer.AsSpan(0, size), Now, way.Arrive);
        }

        if (way.Wire.NextDue != long.MaxValue)
        {
            way.Wire.Advance(Now, way.Arrive);
        }
    }

    private static long Now => Stopwatch.GetElapsedTime(0).Ticks;

    /// <summary>One direction: where its frames come from and go to.</summary>
    private sealed class Way
    {
        private readonly TapDevice _target;

        public Way(TapDevice source, TapDevice target, FaultyDirection wire)
        {
            Source = source;
            Wire = wire;
            _target = target;
            Arrive = Write;
        }

        public TapDevice Source { get; }

        public FaultyDirection Wire { get; }

        public FrameAction Arrive { get; }

        private void Write(ReadOnlySpan<byte> frame)
        {
            if (!_target.TryWrite(frame))
            {
                Wire.Counts.Overflowed++;
            }
        }
    }
}
