namespace KernelSockets.Net;

/// <summary>The options of <see cref="SocketLevel.Socket"/> that hold a value (socket(7)); modules read them where they count.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class SocketSettings : SharableSettings<SocketSettings>
{
    /// <summary>SO_RCVBUF and SO_SNDBUF at first, and the most that can be asked for (net.core.rmem_max).</summary>
    internal const int DefaultBuffer = 212_992;

    private const int MinimumReceiveBuffer = 2304;
    private const int MinimumSendBuffer = 4608;
    private const int LingerSize = 8;
    private const int Factor = 2; // Linux counts its own overhead into the buffer and doubles what is asked for

    private ulong _switches; // a bit for each option, by its number
    private int _priority;
    private int _receiveLowWater = 1;

    /// <summary>SO_RCVBUF: bytes that may wait to be read, overhead included.</summary>
    public int ReceiveBuffer { get; private set; } = DefaultBuffer;

    /// <summary>SO_RCVLOWAT: bytes that a stream socket waits for.</summary>
    public int ReceiveLowWater => _receiveLowWater;

    /// <summary>SO_SNDBUF.</summary>
    public int SendBuffer { get; private set; } = DefaultBuffer;

    /// <summary>SO_RCVTIMEO; <see cref="TimeSpan.MaxValue"/> for none.</summary>
    public TimeSpan ReceiveTimeout { get; private set; } = TimeSpan.MaxValue;

    /// <summary>SO_SNDTIMEO; <see cref="TimeSpan.MaxValue"/> for none.</summary>
    public TimeSpan SendTimeout { get; private set; } = TimeSpan.MaxValue;

    /// <summary>SO_LINGER: true when it is on.</summary>
    public bool IsLingering { get; private set; }

    /// <summary>SO_LINGER: how long, in seconds.</summary>
    public int LingerSeconds { get; private set; }

    /// <summary>True when a switch such as SO_BROADCAST is on.</summary>
    public bool IsOn(SocketOption option) => (_switches & Bit(option)) != 0;

    /// <summary>getsockopt.</summary>
    /// <returns>Bytes written; <see cref="Errno.ENOPROTOOPT"/> for options that are no mere value.</returns>
    public IoResult Get(SocketOption option, Span<byte> value)
    {
        switch (option)
        {
            case SocketOption.ReceiveBuffer:
                return OptionValue.Write(value, ReceiveBuffer);
            case SocketOption.SendBuffer:
                return OptionValue.Write(value, SendBuffer);
            case SocketOption.ReceiveTimeout:
                return OptionValue.WriteTimeout(value, ReceiveTimeout);
            case SocketOption.SendTimeout:
                return OptionValue.WriteTimeout(value, SendTimeout);
            case SocketOption.Linger:
                return GetLinger(value);
            case SocketOption.Priority:
                return OptionValue.Write(value, _priority);
            case SocketOption.ReceiveLowWater:
                return OptionValue.Write(value, _receiveLowWater);
            case SocketOption.SendLowWater:
                return OptionValue.Write(value, 1);
            default:
                return IsSwitch(option) ? OptionValue.Write(value, IsOn(option) ? 1 : 0) : Errno.ENOPROTOOPT;
        }
    }

    /// <summary>setsockopt.</summary>
    /// <returns><see cref="Errno.EINVAL"/>, <see cref="Errno.EDOM"/>; <see cref="Errno.ENOPROTOOPT"/> for options that are no mere value.</returns>
    public Errno Set(SocketOption option, ReadOnlySpan<byte> value)
    {
        switch (option)
        {
            case SocketOption.ReceiveTimeout:
                return SetTimeout(value, isReceive: true);
            case SocketOption.SendTimeout:
                return SetTimeout(value, isReceive: false);
            case SocketOption.Linger:
                return SetLinger(value);
            default:
                return OptionValue.TryRead(value, out int number) ? SetNumber(option, number) : Errno.EINVAL;
        }
    }

    private static bool IsSwitch(SocketOption option) => option is SocketOption.Debug or SocketOption.ReuseAddress or SocketOption.DoNotRoute
        or SocketOption.Broadcast or SocketOption.KeepAlive or SocketOption.OutOfBandInline or SocketOption.ReusePort or SocketOption.Timestamp
        or SocketOption.TimestampNanoseconds or SocketOption.ReceiveQueueOverflow;

    private static ulong Bit(SocketOption option) => 1UL << (int)option;

    private static int BufferOf(uint asked, int minimum) => Math.Max(minimum, (int)asked * Factor);

    private Errno SetNumber(SocketOption option, int number)
    {
        switch (option)
        {
            case SocketOption.ReceiveBuffer:
                ReceiveBuffer = BufferOf(Math.Min((uint)number, DefaultBuffer), MinimumReceiveBuffer);
                return Errno.Success;
            case SocketOption.ReceiveBufferForce:
                ReceiveBuffer = BufferOf((uint)Math.Clamp(number, 0, int.MaxValue / Factor), MinimumReceiveBuffer);
                return Errno.Success;
            case SocketOption.SendBuffer:
                SendBuffer = BufferOf(Math.Min((uint)number, DefaultBuffer), MinimumSendBuffer);
                return Errno.Success;
            case SocketOption.SendBufferForce:
                SendBuffer = BufferOf((uint)Math.Clamp(number, 0, int.MaxValue / Factor), MinimumSendBuffer);
                return Errno.Success;
            case SocketOption.Priority:
                _priority = number;
                return Errno.Success;
            case SocketOption.ReceiveLowWater:
                _receiveLowWater = number < 0 ? int.MaxValue : Math.Max(1, number);
                return Errno.Success;
            default:
                return SetSwitch(option, number != 0);
        }
    }

    private Errno SetSwitch(SocketOption option, bool isOn)
    {
        if (!IsSwitch(option))
        {
            return Errno.ENOPROTOOPT;
        }

        _switches = isOn ? _switches | Bit(option) : _switches & ~Bit(option);

        // The two kinds of time stamps exclude each other, as in Linux.
        if (isOn && option is SocketOption.Timestamp or SocketOption.TimestampNanoseconds)
        {
            _switches &= ~Bit(option == SocketOption.Timestamp ? SocketOption.TimestampNanoseconds : SocketOption.Timestamp);
        }

        return Errno.Success;
    }

    private Errno SetTimeout(ReadOnlySpan<byte> value, bool isReceive)
    {
        Errno error = OptionValue.TryReadTimeout(value, out TimeSpan timeout);
        if (error != Errno.Success)
        {
            return error;
        }

        if (isReceive)
        {
            ReceiveTimeout = timeout;
        }
        else
        {
            SendTimeout = timeout;
        }

        return Errno.Success;
    }

    private Errno SetLinger(ReadOnlySpan<byte> value)
    {
        if (value.Length < LingerSize || !OptionValue.TryRead(value, out int isOn) || !OptionValue.TryRead(value[sizeof(int)..], out int seconds))
        {
            return Errno.EINVAL;
        }

        IsLingering = isOn != 0;
        LingerSeconds = IsLingering ? seconds : LingerSeconds;
        return Errno.Success;
    }

    private IoResult GetLinger(Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[LingerSize];
        OptionValue.Write(bytes, IsLingering ? 1 : 0);
        OptionValue.Write(bytes[sizeof(int)..], LingerSeconds);
        return OptionValue.Write(value, bytes);
    }
}
