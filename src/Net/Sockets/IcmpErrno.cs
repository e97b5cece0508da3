namespace KernelSockets.Net;

/// <summary>What an ICMP error means to the socket whose datagram it is about (RFC 1122 §4.1.3.3; Linux's icmp_err_convert).</summary>
internal static class IcmpErrno
{
    private const int HostUnknown = 7;
    private const int SourceIsolated = 8;
    private const int NetworkProhibited = 9;
    private const int HostProhibited = 10;
    private const int NetworkUnreachableForService = 11;
    private const int HostUnreachableForService = 12;
    private const int LastCode = 15;
    private const int NetworkUnknown = 6;

    /// <summary>Translates.</summary>
    /// <param name="report">The error.</param>
    /// <param name="isHard">True when a connected socket hears of it though it has not asked for soft errors.</param>
    public static Errno From(in Ipv4ErrorReport report, out bool isHard)
    {
        isHard = report.IsLocal;
        switch (report.Type)
        {
            case IcmpType.DestinationUnreachable:
                isHard |= report.Code is (byte)UnreachableCode.Protocol or (byte)UnreachableCode.Port or (byte)UnreachableCode.FragmentationNeeded
                    or NetworkUnknown or HostUnknown or SourceIsolated or NetworkProhibited or HostProhibited
                    or (> HostUnreachableForService and <= LastCode);
                return FromUnreachable(report.Code);
            case IcmpType.ParameterProblem:
                isHard = true;
                return Errno.EPROTO;
            default:
                return Errno.EHOSTUNREACH;
        }
    }

    private static Errno FromUnreachable(byte code) => code switch
    {
        (byte)UnreachableCode.Network or NetworkUnknown or NetworkProhibited or NetworkUnreachableForService => Errno.ENETUNREACH,
        (byte)UnreachableCode.Protocol => Errno.ENOPROTOOPT,
        (byte)UnreachableCode.Port => Errno.ECONNREFUSED,
        (byte)UnreachableCode.FragmentationNeeded => Errno.EMSGSIZE,
        (byte)UnreachableCode.SourceRouteFailed => Errno.EOPNOTSUPP,
        HostUnknown => Errno.EHOSTDOWN,
        SourceIsolated => Errno.ENONET,
        _ => Errno.EHOSTUNREACH,
    };
}
