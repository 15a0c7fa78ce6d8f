# The frame around every page: the rail, the tabs, notices.
frame-skip = 跳到正文
frame-feeds = 订阅源
frame-main = 主导航
frame-back-to = 返回{ $page }
frame-unread-count = { $n } 篇未读
frame-unread-some = 有未读文章

place-unread = 未读
place-all = 全部文章
place-starred = 星标
place-feeds = 订阅源
place-seldom = 少更新
place-manage = 管理订阅源
place-add = 添加订阅源
place-add-short = 添加
place-settings = 设置
place-help = 快捷键与提示
place-keys = 快捷键
place-more = 更多
place-search = 搜索
place-loose = 未归入文件夹
place-sign-out = 退出登录

rail-feeds-of = “{ $folder }”中的订阅源
rail-show-feeds-of = 显示“{ $folder }”中的订阅源

notice-undo = 撤销
notice-dismiss = 忽略
notice-close = 关闭
notice-offline = 你已离线。你所做的标记会先保存在这里，稍后再发送。
notice-copy = 复制

cold-start-title = 正在醒来
cold-start-heading = 正在醒来……
cold-start-text = 刚才没有人阅读，Dormouse 睡着了。醒来需要一两秒钟。
cold-start-continue = 继续

error-number = 错误 { $status }。如需求助，请提供
trouble-letter = 写给发布者的信
trouble-letter-label = 信件
place-all-feeds = 全部订阅源
place-passed = 已过去
frame-description = 一个多人使用的订阅阅读器，无人阅读时便沉睡。
place-kept = 已保存
