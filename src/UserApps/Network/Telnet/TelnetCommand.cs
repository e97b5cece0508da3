namespace KernelSockets.UserApps.Network.Telnet;

/// <summary>Commands of the protocol (RFC 854, RFC 855, RFC 1184), each behind an IAC.</summary>
internal enum TelnetCommand : byte
{
    /// <summary>The end of subnegotiation parameters.</summary>
    SubnegotiationEnd = 240,

    /// <summary>Nothing.</summary>
    NoOperation = 241,

    /// <summary>Break.</summary>
    Break = 243,

    /// <summary>Interrupt Process.</summary>
    InterruptProcess = 244,

    /// <summary>Are You There.</summary>
    AreYouThere = 246,

    /// <summary>Erase Character.</summary>
    EraseCharacter = 247,

    /// <summary>Erase Line.</summary>
    EraseLine = 248,

    /// <summary>What follows are parameters of an option.</summary>
    Subnegotiation = 250,

    /// <summary>The sender will use an option, or asks to.</summary>
    Will = 251,

    /// <summary>The sender will not.</summary>
    Wont = 252,

    /// <summary>The receiver is to use an option, or may.</summary>
    Do = 253,

    /// <summary>The receiver is not to.</summary>
    Dont = 254,

    /// <summary>Interpret As Command; twice it is a byte of data.</summary>
    InterpretAsCommand = 255,

    /// <summary>End of file (RFC 1184).</summary>
    EndOfFile = 236,
}

/// <summary>Options that this server knows.</summary>
internal enum TelnetOption : byte
{
    /// <summary>The server echoes (RFC 857).</summary>
    Echo = 1,

    /// <summary>No Go Ahead: both may send at any time (RFC 858).</summary>
    SuppressGoAhead = 3,

    /// <summary>The size of the client's window (RFC 1073).</summary>
    WindowSize = 31,
}
