namespace KernelSockets.Wire;

/// <summary>ICMP message types (RFC 792 and the IANA registry).</summary>
public enum IcmpType : byte
{
    /// <summary>Answers an echo.</summary>
    EchoReply = 0,

    /// <summary>A datagram could not be delivered.</summary>
    DestinationUnreachable = 3,

    /// <summary>Obsolete (RFC 6633): ignored.</summary>
    SourceQuench = 4,

    /// <summary>A better first hop exists.</summary>
    Redirect = 5,

    /// <summary>Asks for an echo.</summary>
    EchoRequest = 8,

    /// <summary>TTL or reassembly time ran out.</summary>
    TimeExceeded = 11,

    /// <summary>A header field is wrong.</summary>
    ParameterProblem = 12,

    /// <summary>Asks for the time.</summary>
    TimestampRequest = 13,

    /// <summary>Answers with the time.</summary>
    TimestampReply = 14,
}

/// <summary>Codes of destination unreachable (RFC 792, RFC 1122 §3.2.2.1).</summary>
public enum UnreachableCode : byte
{
    /// <summary>Network unreachable.</summary>
    Network = 0,

    /// <summary>Host unreachable.</summary>
    Host = 1,

    /// <summary>Nobody here speaks that protocol.</summary>
    Protocol = 2,

    /// <summary>Nobody listens on that port.</summary>
    Port = 3,

    /// <summary>Too large and DF set.</summary>
    FragmentationNeeded = 4,

    /// <summary>The source route cannot be followed.</summary>
    SourceRouteFailed = 5,
}

/// <summary>Codes of time exceeded (RFC 792).</summary>
public enum TimeExceededCode : byte
{
    /// <summary>TTL reached zero on the way.</summary>
    TimeToLive = 0,

    /// <summary>Fragments did not all come in time.</summary>
    Reassembly = 1,
}
