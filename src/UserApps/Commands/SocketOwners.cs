namespace KernelSockets.UserApps.Commands;

/// <summary>Which program a socket belongs to, for <c>netstat -p</c> and <c>ss -p</c>; as of when it was made.</summary>
internal sealed class SocketOwners
{
    private readonly Dictionary<int, (int Task, string Name)> _byJob = [];

    /// <param name="system">Whose jobs and tasks count.</param>
    public SocketOwners(ISystem system)
    {
        Dictionary<int, string> names = system.Jobs.Jobs().ToDictionary(static job => job.Id, static job => job.Name);
        foreach (TaskInformation task in system.Tasks().OrderBy(static task => task.Id))
        {
            _ = task.JobId != 0 && _byJob.TryAdd(task.JobId, (task.Id, names.GetValueOrDefault(task.JobId, task.Name)));
        }
    }

    /// <summary>The first task of the socket's job, which is what kill takes, and the program's name; null for the kernel's sockets and those whose program has ended.</summary>
    public (int Task, string Name)? Find(SocketInformation socket) => _byJob.TryGetValue(socket.Job, out (int Task, string Name) owner) ? owner : null;
}
