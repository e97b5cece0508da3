namespace KernelSockets.Net;

/// <summary>What a server's DHCPACK gives us (RFC 2131 §4.3.1), checked, with its times.</summary>
internal sealed record DhcpLease
{
    /// <summary>Servers and routers kept of an option.</summary>
    internal const int MaximumNameServers = 3; // resolv.conf(5), MAXNS

    private const uint Infinite = uint.MaxValue;

    /// <summary>RFC 2131 §4.4.5: T1 is half of the lease, T2 seven eighths, unless the server says otherwise.</summary>
    private const double DefaultRenewal = 0.5;

    private const double DefaultRebinding = 0.875;

    public required Ipv4Address Address { get; init; }

    public required int PrefixLength { get; init; }

    public required Ipv4Address Server { get; init; }

    public required Ipv4Address Gateway { get; init; }

    public required IReadOnlyList<Ipv4Address> NameServers { get; init; }

    public required string DomainName { get; init; }

    /// <summary>Option 26; 0 for none.</summary>
    public required int Mtu { get; init; }

    /// <summary>When the request was sent that this answers: all times count from here (RFC 2131 §4.4.1).</summary>
    public required Instant ObtainedAt { get; init; }

    /// <summary>Lease time; <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public required TimeSpan Duration { get; init; }

    public required TimeSpan RenewalAfter { get; init; }

    public required TimeSpan RebindingAfter { get; init; }

    public Instant RenewalAt => ObtainedAt + RenewalAfter;

    public Instant RebindingAt => ObtainedAt + RebindingAfter;

    public Instant ExpiresAt => ObtainedAt + Duration;

    /// <summary>Reads an acknowledgement.</summary>
    /// <param name="message">It.</param>
    /// <param name="requestedAt">When the request was sent.</param>
    /// <returns>Null for one that no client can use: an impossible address, no server, no lease time.</returns>
    public static DhcpLease? From(DhcpMessage message, Instant requestedAt)
    {
        Ipv4Address address = message.YourAddress;
        uint? seconds = message.Number(DhcpOption.LeaseTime);
        if (!IsHost(address) || message.Server.IsAny || seconds is null or 0)
        {
            return null;
        }

        (TimeSpan duration, TimeSpan renewal, TimeSpan rebinding) = Times(message, seconds.Value);
        return new DhcpLease
        {
            Address = address,
            PrefixLength = Prefix(message.FirstAddress(DhcpOption.SubnetMask), address),
            Server = message.Server,
            Gateway = message.FirstAddress(DhcpOption.Router),
            NameServers = message.Addresses(DhcpOption.DomainNameServer, MaximumNameServers),
            DomainName = message.Name(DhcpOption.DomainName),
            Mtu = message.ShortNumber(DhcpOption.InterfaceMtu) ?? 0,
            ObtainedAt = requestedAt,
            Duration = duration,
            RenewalAfter = renewal,
            RebindingAfter = rebinding,
        };
    }

    /// <summary>True for an address that one host can have.</summary>
    internal static bool IsHost(Ipv4Address address) =>
        address.IsUnicast && !address.IsLoopback;

    private static (TimeSpan Duration, TimeSpan Renewal, TimeSpan Rebinding) Times(DhcpMessage message, uint seconds)
    {
        if (seconds == Infinite)
        {
            return (TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue);
        }

        double rebinding = message.Number(DhcpOption.RebindingTime) is { } t2 && t2 > 0 && t2 < seconds ? t2 : seconds * DefaultRebinding;
        double renewal = message.Number(DhcpOption.RenewalTime) is { } t1 && t1 > 0 && t1 < rebinding
            ? t1
            : Math.Min(seconds * DefaultRenewal, rebinding);
        return (TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(renewal), TimeSpan.FromSeconds(rebinding));
    }

    /// <summary>The mask's prefix, or that of the address's class where there is none, or one with holes.</summary>
    private static int Prefix(Ipv4Address mask, Ipv4Address address) =>
        !mask.IsAny && mask.TryGetMaskLength(out int length) ? length : address.ClassPrefixLength;
}
