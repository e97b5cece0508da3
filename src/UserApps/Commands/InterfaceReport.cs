using System.Text;

namespace KernelSockets.UserApps.Commands;

/// <summary>A network interface in the words of net-tools' ifconfig.</summary>
internal static class InterfaceReport
{
    /// <summary>Some lines, the last of them blank once it is printed with a newline.</summary>
    public static string Format(InterfaceInformation information)
    {
        var text = new StringBuilder();
        InterfaceFlags flags = information.Flags;
        text.Append($"{information.Name}: flags={(int)flags}<{NamesOf(flags)}>  mtu {information.Mtu}\n");
        AppendAddress(text, information);
        string link = information.IsLoopback ? "loop  (Local Loopback)" : $"ether {information.HardwareAddress}  (Ethernet)";
        text.Append($"        {link}\n");
        AppendCounters(text, information.Statistics);
        return text.ToString();
    }

    private static string NamesOf(InterfaceFlags flags)
    {
        ReadOnlySpan<(InterfaceFlags Flag, string Name)> names =
        [
            (InterfaceFlags.Up, "UP"), (InterfaceFlags.Broadcast, "BROADCAST"), (InterfaceFlags.Loopback, "LOOPBACK"),
            (InterfaceFlags.Running, "RUNNING"), (InterfaceFlags.Promiscuous, "PROMISC"), (InterfaceFlags.AllMulticast, "ALLMULTI"),
            (InterfaceFlags.Multicast, "MULTICAST"),
        ];
        var set = new List<string>();
        foreach ((InterfaceFlags flag, string name) in names)
        {
            if ((flags & flag) != 0)
            {
                set.Add(name);
            }
        }

        return string.Join(',', set);
    }

    private static void AppendAddress(StringBuilder text, InterfaceInformation information)
    {
        if (information.Address.IsAny)
        {
            return;
        }

        Ipv4Address mask = Ipv4Address.Mask(information.PrefixLength);
        text.Append($"        inet {information.Address}  netmask {mask}");
        if (!information.IsLoopback)
        {
            text.Append($"  broadcast {new Ipv4Address(information.Address.Value | ~mask.Value)}");
        }

        text.Append('\n');
    }

    /// <summary>Collisions and transmit overruns are left out: full duplex has none of the first, and the queue reports the second as
    /// drops.</summary>
    private static void AppendCounters(StringBuilder text, NetworkDeviceStatistics counters)
    {
        text.Append($"        RX packets {counters.ReceivedPackets}  {Bytes(counters.ReceivedBytes)}\n");
        text.Append($"        RX errors {counters.ReceiveErrors}  dropped {counters.ReceiveDropped}  ");
        text.Append($"overruns {counters.ReceiveMissed}  frame {counters.ReceiveLengthErrors}\n");
        text.Append($"        TX packets {counters.TransmittedPackets}  {Bytes(counters.TransmittedBytes)}\n");
        text.Append($"        TX errors {counters.TransmitErrors}  dropped {counters.TransmitDropped}  ");
        text.Append($"carrier {counters.TransmitCarrierErrors}\n");
    }

    private static string Bytes(long count) => $"bytes {count} ({ByteSize.Long(count)})";
}
