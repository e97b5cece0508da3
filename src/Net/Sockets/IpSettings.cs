namespace KernelSockets.Net;

/// <summary>The options of <see cref="SocketLevel.Ip"/> that hold a value (ip(7)).</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class IpSettings : SharableSettings<IpSettings>
{
    private const int Default = -1;

    private ulong _switches = Bit(IpOption.MulticastLoop) | Bit(IpOption.MulticastAll); // a bit for each option, by its number

    /// <summary>IP_TTL.</summary>
    public byte TimeToLive { get; private set; } = Ipv4Transmission.DefaultTimeToLive;

    /// <summary>IP_TOS.</summary>
    public byte TypeOfService { get; private set; }

    /// <summary>IP_MULTICAST_TTL.</summary>
    public byte MulticastTimeToLive { get; private set; } = 1;

    /// <summary>IP_MTU_DISCOVER.</summary>
    public MtuDiscovery MtuDiscovery { get; private set; } = MtuDiscovery.Want;

    /// <summary>IP_MULTICAST_IF: the interface; null for the route's.</summary>
    public NetInterface? MulticastInterface { get; set; }

    /// <summary>True when a switch such as IP_PKTINFO is on.</summary>
    public bool IsOn(IpOption option) => (_switches & Bit(option)) != 0;

    /// <summary>Turns a switch on or off.</summary>
    public void Turn(IpOption option, bool isOn) => _switches = isOn ? _switches | Bit(option) : _switches & ~Bit(option);

    /// <summary>getsockopt.</summary>
    /// <returns>Bytes written; <see cref="Errno.ENOPROTOOPT"/> for options that are no mere value.</returns>
    public IoResult Get(IpOption option, Span<byte> value) => option switch
    {
        IpOption.TimeToLive => OptionValue.WriteShort(value, TimeToLive),
        IpOption.TypeOfService => OptionValue.WriteShort(value, TypeOfService),
        IpOption.MulticastTimeToLive => OptionValue.WriteShort(value, MulticastTimeToLive),
        IpOption.MtuDiscovery => OptionValue.WriteShort(value, (int)MtuDiscovery),
        _ => IsSwitch(option) ? OptionValue.WriteShort(value, IsOn(option) ? 1 : 0) : Errno.ENOPROTOOPT,
    };

    /// <summary>setsockopt.</summary>
    /// <returns><see cref="Errno.EINVAL"/>; <see cref="Errno.ENOPROTOOPT"/> for options that are no mere value.</returns>
    public Errno Set(IpOption option, ReadOnlySpan<byte> value)
    {
        bool hasValue = OptionValue.TryReadShort(value, out int number);
        switch (option)
        {
            case IpOption.TimeToLive:
                return hasValue ? SetTimeToLive(number) : Errno.EINVAL;
            case IpOption.MulticastTimeToLive:
                return hasValue ? SetMulticastTimeToLive(number) : Errno.EINVAL;
            case IpOption.TypeOfService:
                TypeOfService = (byte)number;
                return Errno.Success;
            case IpOption.MtuDiscovery:
                return SetMtuDiscovery(number);
            case IpOption.MulticastLoop or IpOption.MulticastAll when !hasValue:
                return Errno.EINVAL;
            case IpOption.MulticastAll when number is not (0 or 1):
                return Errno.EINVAL;
            default:
                return SetSwitch(option, number != 0);
        }
    }

    private static ulong Bit(IpOption option) => 1UL << (int)option;

    private static bool IsSwitch(IpOption option) => option is IpOption.PacketInformation or IpOption.ReceiveTimeToLive
        or IpOption.ReceiveTypeOfService or IpOption.MulticastLoop or IpOption.MulticastAll;

    private Errno SetSwitch(IpOption option, bool isOn)
    {
        if (!IsSwitch(option))
        {
            return Errno.ENOPROTOOPT;
        }

        Turn(option, isOn);
        return Errno.Success;
    }

    private Errno SetTimeToLive(int number)
    {
        if (number is not Default and (< 1 or > byte.MaxValue))
        {
            return Errno.EINVAL;
        }

        TimeToLive = number == Default ? Ipv4Transmission.DefaultTimeToLive : (byte)number;
        return Errno.Success;
    }

    private Errno SetMulticastTimeToLive(int number)
    {
        if (number is < Default or > byte.MaxValue)
        {
            return Errno.EINVAL;
        }

        MulticastTimeToLive = number == Default ? (byte)1 : (byte)number;
        return Errno.Success;
    }

    private Errno SetMtuDiscovery(int number)
    {
        if (!Enum.IsDefined((MtuDiscovery)number))
        {
            return Errno.EINVAL;
        }

        MtuDiscovery = (MtuDiscovery)number;
        return Errno.Success;
    }
}

/// <summary>Values of IP_MTU_DISCOVER (ip(7)).</summary>
internal enum MtuDiscovery
{
    /// <summary>IP_PMTUDISC_DONT: never set DF.</summary>
    Never,

    /// <summary>IP_PMTUDISC_WANT: fragment what is too large.</summary>
    Want,

    /// <summary>IP_PMTUDISC_DO: always set DF; what is too large is EMSGSIZE.</summary>
    Always,

    /// <summary>IP_PMTUDISC_PROBE: as <see cref="Always"/>, past what is known of the path.</summary>
    Probe,

    /// <summary>IP_PMTUDISC_INTERFACE: never set DF, and trust no ICMP.</summary>
    Interface,

    /// <summary>IP_PMTUDISC_OMIT: as <see cref="Interface"/>, and fragment what is too large.</summary>
    Omit,
}
