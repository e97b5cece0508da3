using System.Text;

namespace KernelSockets.Net;

/// <summary>getsockopt and setsockopt of TCP sockets above SOL_SOCKET, and what SOL_SOCKET's options mean for TCP.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal static class TcpSocketOptions
{
    private const int MostSeconds = 32_767; // MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL
    private const int MostCount = 127; // MAX_TCP_KEEPCNT, MAX_TCP_SYNCNT
    private const int MostSegment = 32_767; // MAX_TCP_WINDOW
    private const int NameSize = 16; // TCP_CA_NAME_MAX
    private const int OverheadFactor = 2; // SO_RCVBUF and SO_SNDBUF count Linux's overhead in

    /// <summary>getsockopt.</summary>
    public static IoResult Get(TcpBlock block, int level, int name, Span<byte> value, Instant now)
    {
        TcpSettings settings = block.Tcp;
        if (level == SocketLevel.Ip)
        {
            return settings.Ip.Get((IpOption)name, value);
        }

        if (level != SocketLevel.Tcp)
        {
            return Errno.EOPNOTSUPP;
        }

        switch ((TcpOption)name)
        {
            case TcpOption.Information:
                return TcpInformation.Write(block, value, now);
            case TcpOption.Congestion:
                Span<byte> text = stackalloc byte[NameSize];
                text.Clear();
                Encoding.ASCII.GetBytes(settings.Congestion, text);
                return OptionValue.Write(value, text);
            default:
                return GetNumber(block, (TcpOption)name) is { } number ? OptionValue.Write(value, number) : Errno.ENOPROTOOPT;
        }
    }

    /// <summary>setsockopt.</summary>
    public static Errno Set(TcpBlock block, int level, int name, ReadOnlySpan<byte> value, Instant now)
    {
        if (level == SocketLevel.Ip)
        {
            return block.OwnTcp().OwnIp().Set((IpOption)name, value);
        }

        if (level != SocketLevel.Tcp)
        {
            return Errno.ENOPROTOOPT;
        }

        if ((TcpOption)name == TcpOption.Congestion)
        {
            return SetCongestion(block, value);
        }

        if (!OptionValue.TryRead(value, out int number))
        {
            return Errno.EINVAL;
        }

        return SetNumber(block, (TcpOption)name, number, now);
    }

    /// <summary>An option of SOL_SOCKET was set: what TCP makes of it.</summary>
    public static void Follow(TcpBlock block, SocketOption option, Instant now)
    {
        switch (option)
        {
            case SocketOption.KeepAlive:
                block.OwnTcp().IsKeepAlive = block.Settings.IsOn(SocketOption.KeepAlive);
                block.Connection?.StartKeepAlive(now);
                break;
            case SocketOption.OutOfBandInline:
                block.OwnTcp().IsUrgentInline = block.Settings.IsOn(SocketOption.OutOfBandInline);
                break;
            case SocketOption.ReceiveBuffer or SocketOption.ReceiveBufferForce:
                block.OwnTcp().ReceiveBuffer = block.Settings.ReceiveBuffer / OverheadFactor;
                block.Connection?.ChangeReceiveBuffer(block.Tcp.ReceiveBuffer);
                break;
            case SocketOption.SendBuffer or SocketOption.SendBufferForce:
                block.OwnTcp().SendBuffer = block.Settings.SendBuffer / OverheadFactor;
                break;
            default:
                break;
        }
    }

    private static int? GetNumber(TcpBlock block, TcpOption option)
    {
        TcpSettings settings = block.Tcp;
        return option switch
        {
            TcpOption.NoDelay => settings.IsNoDelay ? 1 : 0,
            TcpOption.Cork => settings.IsCorked ? 1 : 0,
            TcpOption.MaximumSegment => block.Connection?.EffectiveSegment ?? (settings.MaximumSegment > 0 ? settings.MaximumSegment : Tcp.DefaultSegment),
            TcpOption.KeepIdle => (int)settings.KeepAliveIdle.TotalSeconds,
            TcpOption.KeepInterval => (int)settings.KeepAliveInterval.TotalSeconds,
            TcpOption.KeepCount => settings.KeepAliveCount,
            TcpOption.SynCount => settings.SynRetries > 0 ? settings.SynRetries : TcpConnection.DefaultSynRetries,
            TcpOption.Linger2 => (int)(settings.FinWait2Timeout ?? TcpConnection.FinWait2Limit).TotalSeconds,
            TcpOption.QuickAcknowledge => block.Connection is { IsQuickAcknowledge: false } ? 0 : 1,
            TcpOption.UserTimeout => (int)(settings.UserTimeout ?? TimeSpan.Zero).TotalMilliseconds,
            TcpOption.FastOpen => 0,
            _ => null,
        };
    }

    private static Errno SetNumber(TcpBlock block, TcpOption option, int number, Instant now)
    {
        switch (option)
        {
            case TcpOption.NoDelay or TcpOption.Cork:
                SetHold(block, option, number != 0, now);
                return Errno.Success;
            case TcpOption.QuickAcknowledge:
                if (block.Connection is { } connection)
                {
                    connection.IsQuickAcknowledge = number != 0;
                }

                return Errno.Success;
            case TcpOption.MaximumSegment:
                bool isPossible = number is 0 or (>= Tcp.LeastSegment and <= MostSegment);
                block.OwnTcp().MaximumSegment = isPossible ? number : 0;
                return isPossible ? Errno.Success : Errno.EINVAL;
            case TcpOption.Linger2:
                block.OwnTcp().FinWait2Timeout = number < 0 ? TimeSpan.Zero : number == 0 ? null : TimeSpan.FromSeconds(Math.Min(number, (int)TcpConnection.FinWait2Limit.TotalSeconds * 2));
                return Errno.Success;
            case TcpOption.UserTimeout:
                if (number < 0)
                {
                    return Errno.EINVAL;
                }

                block.OwnTcp().UserTimeout = number == 0 ? null : TimeSpan.FromMilliseconds(number);
                return Errno.Success;
            case TcpOption.FastOpen:
                return Errno.EOPNOTSUPP;
            default:
                return SetKeepAlive(block, option, number, now);
        }
    }

    private static void SetHold(TcpBlock block, TcpOption option, bool isOn, Instant now)
    {
        if (option == TcpOption.NoDelay)
        {
            block.OwnTcp().IsNoDelay = isOn;
        }
        else
        {
            block.OwnTcp().IsCorked = isOn;
        }

        // tcp(7): turning TCP_NODELAY on, or TCP_CORK off, sends what was held back.
        if (isOn == (option == TcpOption.NoDelay))
        {
            block.Connection?.Push(now);
        }
    }

    private static Errno SetKeepAlive(TcpBlock block, TcpOption option, int number, Instant now)
    {
        int most = option is TcpOption.KeepCount or TcpOption.SynCount ? MostCount : MostSeconds;
        if (option is not (TcpOption.KeepIdle or TcpOption.KeepInterval or TcpOption.KeepCount or TcpOption.SynCount))
        {
            return Errno.ENOPROTOOPT;
        }

        if (number < 1 || number > most)
        {
            return Errno.EINVAL;
        }

        TcpSettings settings = block.OwnTcp();
        switch (option)
        {
            case TcpOption.KeepIdle:
                settings.KeepAliveIdle = TimeSpan.FromSeconds(number);
                block.Connection?.StartKeepAlive(now);
                break;
            case TcpOption.KeepInterval:
                settings.KeepAliveInterval = TimeSpan.FromSeconds(number);
                break;
            case TcpOption.KeepCount:
                settings.KeepAliveCount = number;
                break;
            default:
                settings.SynRetries = number;
                break;
        }

        return Errno.Success;
    }

    private static Errno SetCongestion(TcpBlock block, ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        string name = Encoding.ASCII.GetString(value[..Math.Min(end < 0 ? value.Length : end, NameSize - 1)]);
        if (name.Length == 0)
        {
            return Errno.EINVAL;
        }

        if (CongestionControl.Create(name, Tcp.DefaultSegment) is null)
        {
            return Errno.ENOENT;
        }

        block.OwnTcp().Congestion = name;
        block.Connection?.ChangeCongestion(name);
        return Errno.Success;
    }
}
