using System.Collections.Frozen;
using System.Globalization;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Names of well-known ports, as /etc/services has them, for filters.</summary>
internal static class PortNames
{
    private static readonly FrozenDictionary<string, ushort> s_ports = new Dictionary<string, ushort>
    {
        ["echo"] = 7,
        ["discard"] = 9,
        ["chargen"] = 19,
        ["ftp-data"] = 20,
        ["ftp"] = 21,
        ["ssh"] = 22,
        ["telnet"] = 23,
        ["smtp"] = 25,
        ["time"] = 37,
        ["domain"] = 53,
        ["bootps"] = 67,
        ["bootpc"] = 68,
        ["tftp"] = 69,
        ["http"] = 80,
        ["pop3"] = 110,
        ["sunrpc"] = 111,
        ["ntp"] = 123,
        ["imap2"] = 143,
        ["snmp"] = 161,
        ["https"] = 443,
        ["syslog"] = 514,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A port by number or name.</summary>
    public static bool TryParse(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) || s_ports.TryGetValue(text, out port);
}
