namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>DHCP's options and message types as tcpdump calls them.</summary>
internal static class DhcpOptionNames
{
    /// <summary>An option's name, and how its value is shown: i addresses, l and s numbers of four and two bytes, a text, b bytes.</summary>
    public static (string Name, char Form) Of(byte code) => code switch
    {
        1 => ("Subnet-Mask", 'i'),
        2 => ("Time-Zone", 'l'),
        3 => ("Default-Gateway", 'i'),
        4 => ("Time-Server", 'i'),
        6 => ("Domain-Name-Server", 'i'),
        12 => ("Hostname", 'a'),
        15 => ("Domain-Name", 'a'),
        26 => ("MTU", 's'),
        28 => ("BR", 'i'),
        42 => ("NTP", 'i'),
        50 => ("Requested-IP", 'i'),
        51 => ("Lease-Time", 'l'),
        53 => ("DHCP-Message", 'b'),
        54 => ("Server-ID", 'i'),
        55 => ("Parameter-Request", 'b'),
        56 => ("MSG", 'a'),
        57 => ("MSZ", 's'),
        58 => ("RN", 'l'),
        59 => ("RB", 'l'),
        60 => ("Vendor-Class", 'a'),
        61 => ("Client-ID", 'b'),
        _ => ("Unknown", 'b'),
    };

    /// <summary>A message type.</summary>
    public static string MessageType(byte type) => type switch
    {
        1 => "Discover",
        2 => "Offer",
        3 => "Request",
        4 => "Decline",
        5 => "ACK",
        6 => "NACK",
        7 => "Release",
        8 => "Inform",
        _ => type.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
