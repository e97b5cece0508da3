namespace KernelSockets;

/// <summary>One line of <c>lspci</c>.</summary>
/// <param name="Bus">Bus number.</param>
/// <param name="Device">Device number.</param>
/// <param name="Function">Function number.</param>
/// <param name="VendorId">Vendor.</param>
/// <param name="DeviceId">Device.</param>
/// <param name="ClassCode">Class, subclass and programming interface: 0xCCSSPP.</param>
/// <param name="Revision">Revision.</param>
/// <param name="InterruptLine">Legacy interrupt line; 255 for none.</param>
/// <param name="Driver">Name of the driver that serves it; empty for none.</param>
public sealed record PciFunctionInformation(
    byte Bus, byte Device, byte Function, ushort VendorId, ushort DeviceId, uint ClassCode, byte Revision, byte InterruptLine, string Driver);
