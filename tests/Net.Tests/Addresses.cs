namespace KernelSockets.Net.Tests;

internal static class Addresses
{
    public static MacAddress Mac(string text)
    {
        Assert.True(MacAddress.TryParse(text, out MacAddress address), text);
        return address;
    }

    public static Ipv4Address Ip(string text)
    {
        Assert.True(Ipv4Address.TryParse(text, out Ipv4Address address), text);
        return address;
    }
}
