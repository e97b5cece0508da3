namespace KernelSockets.Abstractions.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("0.0.0.0", 0u)]
    [InlineData("10.77.0.1", 0x0A4D0001u)]
    [InlineData("255.255.255.255", 0xFFFFFFFFu)]
    public void Ipv4Address_DottedDecimal_ParsesAndPrintsTheSame(string text, uint value)
    {
        Assert.True(Ipv4Address.TryParse(text, out Ipv4Address address));
        Assert.Equal(value, address.Value);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("01.2.3.4")]
    [InlineData("1..3.4")]
    [InlineData("1.2.3.-4")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    public void Ipv4Address_Malformed_IsRefused(string text) => Assert.False(Ipv4Address.TryParse(text, out _));

    [Fact]
    public void MacAddress_WrittenAndReadBack_IsTheSame()
    {
        Assert.True(MacAddress.TryParse("52:54:00:12:34:56", out MacAddress address));
        byte[] wire = new byte[MacAddress.Size];
        address.Write(wire);
        Assert.Equal(new byte[] { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 }, wire);
        Assert.Equal(address, MacAddress.Read(wire));
        Assert.Equal("52:54:00:12:34:56", address.ToString());
        Assert.False(address.IsMulticast);
    }

    [Theory]
    [InlineData("52:54:00:12:34")]
    [InlineData("52:54:00:12:34:56:78")]
    [InlineData("52:54:00:12:34:5g")]
    [InlineData("525:4:00:12:34:56")]
    public void MacAddress_Malformed_IsRefused(string text) => Assert.False(MacAddress.TryParse(text, out _));

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1, 0x80000000u)]
    [InlineData(24, 0xFFFFFF00u)]
    [InlineData(32, 0xFFFFFFFFu)]
    public void Mask_PrefixLength_HasThatManyOnes(int prefixLength, uint mask) =>
        Assert.Equal(mask, Ipv4Address.Mask(prefixLength).Value);
}
