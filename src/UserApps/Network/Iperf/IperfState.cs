namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>States of a test, as they go over the control connection in a byte (iperf_api.h of iperf 3.12).</summary>
internal enum IperfState
{
    /// <summary>The server made an error; two numbers follow.</summary>
    ServerError = -2,

    /// <summary>The server is busy.</summary>
    AccessDenied = -1,

    /// <summary>No state: the control connection has ended.</summary>
    None = 0,

    /// <summary>All streams are there.</summary>
    TestStart = 1,

    /// <summary>Data go.</summary>
    TestRunning = 2,

    /// <summary>The client has had enough.</summary>
    TestEnd = 4,

    /// <summary>The client sends the parameters.</summary>
    ParameterExchange = 9,

    /// <summary>The client opens the streams.</summary>
    CreateStreams = 10,

    /// <summary>The server goes away.</summary>
    ServerTerminate = 11,

    /// <summary>The client goes away.</summary>
    ClientTerminate = 12,

    /// <summary>The client, then the server sends its results.</summary>
    ExchangeResults = 13,

    /// <summary>All is said.</summary>
    DisplayResults = 14,

    /// <summary>The client leaves.</summary>
    Done = 16,
}
