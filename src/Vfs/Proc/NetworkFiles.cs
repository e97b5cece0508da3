using System.Globalization;

namespace KernelSockets.Vfs.Proc;

/// <summary>Contents of /proc/net/dev, arp and route, and the names of all files there (proc(5), /proc/net).</summary>
internal static class NetworkFiles
{
    private const int RouteWidth = 127; // Linux's seq_setwidth
    private const int EthernetType = 1; // ARPHRD_ETHER

    /// <summary>ATF_COM and ATF_PERM (include/uapi/linux/if_arp.h).</summary>
    private const int CompleteFlag = 2;
    private const int PermanentFlag = 4;

    /// <summary>RTF_UP, RTF_GATEWAY and RTF_HOST (include/uapi/linux/route.h).</summary>
    private const int UpFlag = 1;
    private const int GatewayFlag = 2;
    private const int HostFlag = 4;

    /// <summary>Enters them.</summary>
    public static void AddTo(ProcFixedDirectory directory, ISystem system)
    {
        directory.AddFile("arp", text => WriteNeighbours(text, system.Network.Neighbours()));
        directory.AddFile("dev", text => WriteDevices(text, system.Network.Interfaces()));
        directory.AddFile("netstat", text => ProtocolFile.WriteExtensions(text, system.Network.Counters()));
        directory.AddFile("packet", text => SocketFiles.WritePacket(text, system.Network.Sockets(), system.Network.Interfaces()));
        directory.AddFile("raw", text => SocketFiles.WriteRaw(text, system.Network.Sockets()));
        directory.AddFile("route", text => WriteRoutes(text, system.Network.Routes()));
        directory.AddFile("snmp", text => ProtocolFile.Write(text, system.Network.Counters()));
        directory.AddFile("sockstat", text => SocketFiles.WriteStatistics(text, system.Network.Sockets(), system.Network.Counters()));
        directory.AddFile("tcp", text => SocketFiles.WriteTcp(text, system.Network.Sockets()));
        directory.AddFile("udp", text => SocketFiles.WriteUdp(text, system.Network.Sockets()));
    }

    /// <summary>Counters of the interfaces, summed up as Linux's dev_seq_printf_stats does.</summary>
    internal static void WriteDevices(ProcText text, IReadOnlyList<InterfaceInformation> interfaces)
    {
        text.Line("Inter-|   Receive                                                |  Transmit");
        text.Line(" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed");
        foreach (InterfaceInformation card in interfaces)
        {
            NetworkDeviceStatistics s = card.Statistics;
            text.Line(
                $"{card.Name,6}: {s.ReceivedBytes,7} {s.ReceivedPackets,7} {s.ReceiveErrors,4} {s.ReceiveDropped + s.ReceiveMissed,4} {0,4} {s.ReceiveLengthErrors,5} {0,10} {s.Multicast,9} "
                + $"{s.TransmittedBytes,8} {s.TransmittedPackets,7} {s.TransmitErrors,4} {s.TransmitDropped,4} {0,4} {0,5} {s.TransmitCarrierErrors,7} {0,10}");
        }
    }

    /// <summary>The ARP cache.</summary>
    internal static void WriteNeighbours(ProcText text, IReadOnlyList<NeighbourInformation> neighbours)
    {
        text.Line("IP address       HW type     Flags       HW address            Mask     Device");
        foreach (NeighbourInformation neighbour in neighbours)
        {
            int flags = neighbour.HardwareAddress == MacAddress.Any ? 0 : neighbour.State == "PERMANENT" ? CompleteFlag | PermanentFlag : CompleteFlag;
            text.Line($"{neighbour.Address,-16} {"0x" + EthernetType,-11} {"0x" + flags.ToString("x", CultureInfo.InvariantCulture),-11} {neighbour.HardwareAddress,-17}     *        {neighbour.Interface}");
        }
    }

    /// <summary>The routing table; addresses as the processor reads them from memory in network order.</summary>
    internal static void WriteRoutes(ProcText text, IReadOnlyList<RouteInformation> routes)
    {
        text.PaddedLine("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT", RouteWidth);
        foreach (RouteInformation route in routes)
        {
            int flags = (route.IsUp ? UpFlag : 0) | (route.Gateway.IsAny ? 0 : GatewayFlag) | (route.PrefixLength == Ipv4Address.Bits ? HostFlag : 0);
            string mask = SocketFiles.Hex(Ipv4Address.Mask(route.PrefixLength));
            text.PaddedLine(
                $"{route.Interface}\t{SocketFiles.Hex(route.Destination)}\t{SocketFiles.Hex(route.Gateway)}\t{flags:X4}\t0\t0\t{route.Metric}\t{mask}\t0\t0\t0", RouteWidth);
        }
    }
}
